#include "cache_store.hpp"
#include "changes.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/cache.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <mutex>
#include <utility>

namespace blender_mcpd::guard {

namespace {

core::TimePoint after(core::TimePoint now, std::chrono::milliseconds time) {
    return time < core::TimePoint::max() - now ? now + time : core::TimePoint::max();
}

TtlBounds in_order(TtlBounds bounds) {
    bounds.max = std::min(bounds.max, longest_ttl);
    bounds.min = std::min(bounds.min, bounds.max);
    bounds.standard = std::clamp(bounds.standard, bounds.min, bounds.max);
    return bounds;
}

bool fresh(const CacheStore::Value* value, std::optional<std::uint64_t> generation,
           core::TimePoint now) {
    return value != nullptr && now < value->expires && value->generation == generation;
}

}  // namespace

CachedResult make_result(std::string text) {
    return std::make_shared<std::string>(std::move(text));  // not of a constant: it may be taken
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): the last owner gives it away.
std::string take_result(CachedResult result) {
    if (result.use_count() > 1) return *result;
    return std::move(const_cast<std::string&>(*result));
}

// Shared with mutations, which end without touching clock or metrics.
struct ResultCache::State {
    State(const core::Clock& the_clock, core::Metrics& the_metrics,
          const ResultCacheOptions& options)
        : clock(the_clock),
          metrics(the_metrics),
          enabled(options.enabled),
          ttl(in_order(options.ttl)),
          store(options.max_entries, options.max_bytes) {}

    const core::Clock& clock;
    core::Metrics& metrics;
    const bool enabled;
    const TtlBounds ttl;

    std::mutex mutex;  // guards what follows
    CacheStore store;
    Changes changes;
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t evictions = 0;
};

/// Holds the mutex for one operation, and records what it did after letting go: watchers of metrics
/// may do anything.
class ResultCache::Recorder {
  public:
    explicit Recorder(State& state) : state_(state), lock_(state.mutex), before_(reading(state)) {}
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;
    ~Recorder() {
        const auto now = reading(state_);
        lock_.unlock();
        record(cache_hits, before_.hits, now.hits);
        record(cache_misses, before_.misses, now.misses);
        record(cache_evictions, before_.evictions, now.evictions);
        record(cache_entries, before_.entries, now.entries);
        record(cache_bytes, before_.bytes, now.bytes);
    }

    static Stats reading(const State& state) {
        return {.hits = state.hits,
                .misses = state.misses,
                .evictions = state.evictions,
                .entries = state.store.entries(),
                .bytes = state.store.bytes()};
    }

  private:
    void record(const core::Metric& metric, std::uint64_t before, std::uint64_t now) {
        if (now != before) state_.metrics.add(metric, static_cast<std::int64_t>(now - before));
    }

    State& state_;
    std::unique_lock<std::mutex> lock_;
    Stats before_;
};

ResultCache::ResultCache(const core::Clock& clock, core::Metrics& metrics,
                         ResultCacheOptions options)
    : state_(std::make_shared<State>(clock, metrics, options)) {
    for (const auto& metric :
         {cache_hits, cache_misses, cache_evictions, cache_entries, cache_bytes, ttl_capped})
        metrics.declare(metric);
}

ResultCache::~ResultCache() {
    const auto last = stats();
    state_->metrics.add(cache_entries, -static_cast<std::int64_t>(last.entries));
    state_->metrics.add(cache_bytes, -static_cast<std::int64_t>(last.bytes));
}

CachedResult ResultCache::get(const CacheKey& key, std::optional<std::uint64_t> generation) {
    auto& state = *state_;
    if (!state.enabled) return nullptr;
    const Recorder recorder(state);
    const auto now = state.clock.now();
    const auto* value = state.store.find(key);
    if (!fresh(value, generation, now)) {
        ++state.misses;
        if (value != nullptr && value->expires <= now) state.store.drop(key);
        return nullptr;
    }
    ++state.hits;
    state.store.touch(key);
    return value->result;
}

CachedResult ResultCache::peek(const CacheKey& key, std::optional<std::uint64_t> generation) const {
    const std::lock_guard lock(state_->mutex);
    const auto* value = state_->store.find(key);
    return fresh(value, generation, state_->clock.now()) ? value->result : nullptr;
}

bool ResultCache::holds(const CacheKey& key) const {
    const std::lock_guard lock(state_->mutex);
    const auto* value = state_->store.find(key);
    return value != nullptr && value->expires > state_->clock.now();
}

ResultCache::Ticket ResultCache::begin_read(std::string_view instance) const {
    Ticket ticket;
    ticket.instance_ = instance;
    const std::lock_guard lock(state_->mutex);
    ticket.change_ = state_->changes.now();
    return ticket;
}

void ResultCache::set(const Ticket& ticket, CacheKey key, CachedResult result, const Terms& terms) {
    auto& state = *state_;
    if (!state.enabled || key.instance != ticket.instance_) return;
    auto ttl = Ttl{state.ttl.standard};
    if (terms.ttl_seconds) ttl = clamp_ttl(*terms.ttl_seconds, state.ttl);
    if (ttl.capped) state.metrics.add(ttl_capped);

    const bool log = spdlog::should_log(spdlog::level::debug);
    const auto name = log ? core::excerpt(key.instance + " " + key.operation + " " + key.arguments)
                          : std::string();
    bool stored = false;
    std::size_t entries = 0;
    {
        const Recorder recorder(state);
        if (state.changes.since(key.instance, ticket.change_)) return;
        const auto now = state.clock.now();
        state.store.drop_expired(now);
        stored = state.store.put(std::move(key),
                                 {.result = std::move(result),
                                  .generation = terms.generation,
                                  .expires = after(now, ttl.time)},
                                 state.evictions);
        entries = state.store.entries();
    }
    if (log && stored)
        spdlog::debug("Cache entry set: key \"{}\", ttl {} ms, size {} entries", name,
                      ttl.time.count(), entries);
}

ResultCache::Mutation ResultCache::begin_mutation(std::string_view instance) {
    const Recorder recorder(*state_);
    state_->changes.begin(instance);
    state_->store.drop_instance(instance);
    return {state_, std::string(instance)};
}

ResultCache::Mutation::Mutation(std::shared_ptr<State> state, std::string instance)
    : state_(std::move(state)), instance_(std::move(instance)) {}

ResultCache::Mutation::~Mutation() {
    if (!state_) return;
    // Nothing was stored since it began, so there is nothing to drop.
    const std::lock_guard lock(state_->mutex);
    state_->changes.end(instance_);
}

void ResultCache::invalidate(std::string_view instance) {
    const Recorder recorder(*state_);
    state_->changes.note(instance);
    state_->store.drop_instance(instance);
}

void ResultCache::sweep() {
    const Recorder recorder(*state_);
    state_->store.drop_expired(state_->clock.now());
}

ResultCache::Stats ResultCache::stats() const {
    const std::lock_guard lock(state_->mutex);
    return Recorder::reading(*state_);
}

}  // namespace blender_mcpd::guard
