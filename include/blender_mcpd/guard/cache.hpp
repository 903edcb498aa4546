// Results of tools that only read, kept for as long as they are surely or probably still true.
#pragma once

#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/metrics.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::guard {

inline constexpr core::Metric cache_hits{"cache.hits", "Look-ups that the cache answered"};
inline constexpr core::Metric cache_misses{"cache.misses", "Look-ups that it could not answer"};
inline constexpr core::Metric cache_evictions{
    "cache.evictions", "Results dropped before their time to make room for others"};
inline constexpr core::Metric cache_entries{"cache.entries", "Results in the cache",
                                            core::MetricKind::gauge};
inline constexpr core::Metric cache_bytes{"cache.bytes", "Bytes of the cached keys and results",
                                          core::MetricKind::gauge};
inline constexpr core::Metric ttl_capped{"validation.ttl.capped",
                                         "Times to live that were out of range"};

struct TtlBounds {
    std::chrono::milliseconds min = std::chrono::seconds(1);
    std::chrono::milliseconds max = std::chrono::days(1);
    std::chrono::milliseconds standard = std::chrono::minutes(5);  // when none is given
};

struct Ttl {
    std::chrono::milliseconds time;
    bool capped = false;  // the request was out of range
};

/// The nearest time within the bounds, rounded to whole milliseconds; zero and less become the
/// minimum. NaN, which is nearest to nothing, becomes the standard, and counts as capped.
[[nodiscard]] Ttl clamp_ttl(double seconds, const TtlBounds& bounds);

struct ResultCacheOptions {
    bool enabled = true;
    std::size_t max_entries = 1'000;                 // 0 stores nothing
    std::size_t max_bytes = std::size_t{64} << 20U;  // of keys and values
    TtlBounds ttl{};
};

/// Fails with ErrorCode::invalid unless 1 ms <= min <= standard <= max <= longest_ttl. The cache
/// itself puts bounds in order rather than fail: the maximum wins.
[[nodiscard]] core::Result<void> validate(const ResultCacheOptions& options);
inline constexpr std::chrono::milliseconds longest_ttl = std::chrono::days(366);

/// The raw JSON text of a tool's result. Immutable, so that it may be used from any thread.
using CachedResult = std::shared_ptr<const std::string>;
[[nodiscard]] CachedResult make_result(std::string text);
/// Its text; without a copy when nobody else has it. Only of what make_result() has made.
[[nodiscard]] std::string take_result(CachedResult result);

/// Compared by member: no operation or argument can be mistaken for another.
struct CacheKey {
    std::string instance;   // the Blender that was asked
    std::string operation;  // what it was asked
    std::string arguments;  // canonical JSON text

    bool operator==(const CacheKey&) const = default;
};

struct CacheKeyHash {
    std::size_t operator()(const CacheKey& key) const;
};

/// A cache with a time to live, least recently used first out.
///
/// It holds at most max_entries and max_bytes. For a new key, expired entries make room first, then
/// those unused longest. A key that exists is replaced; when the new value does not fit beside the
/// other keys, it is not stored and the old value is dropped.
///
/// Changes of the scene: begin_read() before asking Blender, begin_mutation() around everything
/// that may change it. What was read while a change began, ran or ended is not stored. The caller
/// stores successes only.
///
/// All members may be called from any thread; one mutex guards them.
class ResultCache {
    struct State;

  public:
    /// When a read began.
    class Ticket {
      public:
        /// Grows with every change that began or ended.
        [[nodiscard]] std::uint64_t change() const { return change_; }

      private:
        friend class ResultCache;
        std::string instance_;
        std::uint64_t change_ = 0;
    };

    /// A change in progress; it ends with the object. May outlive the cache.
    class Mutation {
      public:
        Mutation(Mutation&& other) noexcept = default;
        Mutation& operator=(Mutation&& other) = delete;
        ~Mutation();

      private:
        friend class ResultCache;
        Mutation(std::shared_ptr<State> state, std::string instance);
        std::shared_ptr<State> state_;  // null: moved from
        std::string instance_;
    };

    /// Clock and metrics must outlive it.
    ResultCache(const core::Clock& clock, core::Metrics& metrics, ResultCacheOptions options);
    ~ResultCache();
    ResultCache(const ResultCache&) = delete;
    ResultCache& operator=(const ResultCache&) = delete;

    /// Null when there is none, it has expired, or it was read at another generation. `generation`
    /// is the instance's count of changes; peers that have none leave it out on both sides and rely
    /// on the time to live. A Blender that starts anew counts anew: invalidate() its instance.
    [[nodiscard]] CachedResult get(const CacheKey& key,
                                   std::optional<std::uint64_t> generation = std::nullopt);
    /// What get() would return. Changes nothing.
    [[nodiscard]] CachedResult peek(const CacheKey& key,
                                    std::optional<std::uint64_t> generation = std::nullopt) const;

    /// Whether there is something of any generation that has not expired: whether it is worth the
    /// while to ask for the generation. Changes nothing.
    [[nodiscard]] bool holds(const CacheKey& key) const;

    [[nodiscard]] Ticket begin_read(std::string_view instance) const;

    struct Terms {
        std::optional<std::uint64_t> generation = std::nullopt;  // at which it was read
        std::optional<double> ttl_seconds = std::nullopt;        // clamped to the bounds
    };
    /// Stores the result of the read that began with `ticket`, unless the key is of another
    /// instance, a change came between, or it is too large.
    void set(const Ticket& ticket, CacheKey key, CachedResult result, const Terms& terms);

    /// Drops everything of the instance, and keeps it empty until the change has ended.
    [[nodiscard]] Mutation begin_mutation(std::string_view instance);
    /// Drops everything of the instance, and what is being read. The name is taken literally.
    void invalidate(std::string_view instance);
    /// Drops what has expired. set() does so too, so that this is only for quiet times.
    void sweep();

    struct Stats {
        std::uint64_t hits = 0;
        std::uint64_t misses = 0;
        std::uint64_t evictions = 0;
        std::size_t entries = 0;
        std::size_t bytes = 0;
    };
    /// All of one moment.
    [[nodiscard]] Stats stats() const;

  private:
    class Recorder;

    std::shared_ptr<State> state_;
};

}  // namespace blender_mcpd::guard
