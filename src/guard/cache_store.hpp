// What the cache holds, and in which order it lets go. Knows nothing of threads, time or metrics.
#pragma once

#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/guard/cache.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace blender_mcpd::guard {

/// Every entry is in three orders at once: by key, by last use, by time of expiry. All operations
/// but drop_instance() are logarithmic at most; expired entries are dropped one by one, each once.
class CacheStore {
  public:
    struct Value {
        CachedResult result;
        std::optional<std::uint64_t> generation;
        core::TimePoint expires;
    };

    CacheStore(std::size_t max_entries, std::size_t max_bytes)
        : max_entries_(max_entries), max_bytes_(max_bytes) {}

    /// Null when there is none; expired ones are found too.
    [[nodiscard]] const Value* find(const CacheKey& key) const;
    /// The key must be there.
    void touch(const CacheKey& key);
    /// False when it does not fit. Returns with `evicted` raised by the number of entries that had
    /// to go. An old value of the key is dropped in any case.
    bool put(CacheKey key, Value value, std::uint64_t& evicted);

    void drop_expired(core::TimePoint now);
    void drop_instance(std::string_view instance);
    void drop(const CacheKey& key);

    [[nodiscard]] std::size_t entries() const { return by_key_.size(); }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

  private:
    using ByUse = std::list<const CacheKey*>;  // least recently used first
    using ByExpiry = std::multimap<core::TimePoint, const CacheKey*>;
    struct Entry {
        Value value;
        std::size_t bytes;
        ByUse::iterator use;
        ByExpiry::iterator expiry;
    };
    using ByKey = std::unordered_map<CacheKey, Entry, CacheKeyHash>;

    ByKey::iterator remove(ByKey::iterator entry);

    std::size_t max_entries_;
    std::size_t max_bytes_;
    std::size_t bytes_ = 0;
    ByKey by_key_;
    ByUse by_use_;
    ByExpiry by_expiry_;
};

}  // namespace blender_mcpd::guard
