#include "cache_store.hpp"

#include <boost/container_hash/hash.hpp>

#include <utility>

namespace blender_mcpd::guard {

std::size_t CacheKeyHash::operator()(const CacheKey& key) const {
    std::size_t seed = 0;
    boost::hash_combine(seed, key.instance);
    boost::hash_combine(seed, key.operation);
    boost::hash_combine(seed, key.arguments);
    return seed;
}

const CacheStore::Value* CacheStore::find(const CacheKey& key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &found->second.value;
}

void CacheStore::touch(const CacheKey& key) {
    by_use_.splice(by_use_.end(), by_use_, by_key_.find(key)->second.use);
}

bool CacheStore::put(CacheKey key, Value value, std::uint64_t& evicted) {
    const auto old = by_key_.find(key);
    const bool replaces = old != by_key_.end();
    if (replaces) remove(old);

    const auto size =
        key.instance.size() + key.operation.size() + key.arguments.size() + value.result->size();
    if (max_entries_ == 0 || size > max_bytes_) return false;
    while (by_key_.size() >= max_entries_ || size > max_bytes_ - bytes_) {
        if (replaces) return false;  // replacing never costs another key
        remove(by_key_.find(*by_use_.front()));
        ++evicted;
    }

    const auto expires = value.expires;
    const auto added = by_key_.emplace(std::move(key), Entry{std::move(value), size, {}, {}}).first;
    added->second.use = by_use_.insert(by_use_.end(), &added->first);
    added->second.expiry = by_expiry_.emplace(expires, &added->first);
    bytes_ += size;
    return true;
}

void CacheStore::drop_expired(core::TimePoint now) {
    while (!by_expiry_.empty() && by_expiry_.begin()->first <= now)
        remove(by_key_.find(*by_expiry_.begin()->second));
}

void CacheStore::drop_instance(std::string_view instance) {
    for (auto entry = by_key_.begin(); entry != by_key_.end();)
        entry = entry->first.instance == instance ? remove(entry) : std::next(entry);
}

void CacheStore::drop(const CacheKey& key) {
    if (const auto found = by_key_.find(key); found != by_key_.end()) remove(found);
}

CacheStore::ByKey::iterator CacheStore::remove(ByKey::iterator entry) {
    bytes_ -= entry->second.bytes;
    by_use_.erase(entry->second.use);
    by_expiry_.erase(entry->second.expiry);
    return by_key_.erase(entry);
}

}  // namespace blender_mcpd::guard
