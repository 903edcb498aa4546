#include "concurrency_counter.hpp"
#include "token_bucket.hpp"

#include <blender_mcpd/guard/rate_limiter.hpp>

#include <boost/container_hash/hash.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace blender_mcpd::guard {

namespace {

struct BucketKey {
    std::string client;
    ToolClass tool_class;
    std::string tool;  // empty: the bucket of the class

    bool operator==(const BucketKey&) const = default;
};

struct BucketKeyHash {
    std::size_t operator()(const BucketKey& key) const {
        std::size_t seed = 0;
        boost::hash_combine(seed, key.client);
        boost::hash_combine(seed, key.tool_class);
        boost::hash_combine(seed, key.tool);
        return seed;
    }
};

std::string bounded(std::string_view client) {
    if (client.size() <= RateLimiter::max_client_bytes) return std::string(client);
    return fmt::format("{}#{:016x}", client.substr(0, RateLimiter::max_client_bytes - 17),
                       std::hash<std::string_view>{}(client));
}

struct Refusal {
    core::Error error;
    std::string_view reason;  // label of the metric
};

/// Exact, where a conversion to double would not be.
std::string seconds_text(core::Duration time) {
    const auto total = time.count();
    auto text = fmt::format("{}.{:09}", total / 1'000'000'000, total % 1'000'000'000);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

Refusal busy(std::string_view reason, std::string message, core::Duration retry_after) {
    const auto seconds = seconds_text(retry_after);
    return {{.code = core::ErrorCode::busy,
             .message = std::move(message),
             .remedy = fmt::format("Call again in {} s.", seconds),
             .details = fmt::format(R"({{"retry_after_s":{}}})", seconds)},
            reason};
}

Refusal busy(std::string_view reason, std::string message, std::string remedy) {
    return {
        {.code = core::ErrorCode::busy, .message = std::move(message), .remedy = std::move(remedy)},
        reason};
}

/// For what nobody knows when it ends: a call in progress.
Refusal busy_until_call_ends(std::string_view reason, std::string message, std::string remedy) {
    auto refusal = busy(reason, std::move(message), std::move(remedy));
    const auto seconds = seconds_text(RateLimiter::retry_after_call);
    refusal.error.details = fmt::format(R"({{"retry_after_s":{}}})", seconds);
    return refusal;
}

std::string calls_of(const BucketKey& key) {
    if (key.tool.empty()) return fmt::format("{} calls", to_string(key.tool_class));
    return fmt::format("calls of {}", key.tool);
}

}  // namespace

std::string_view to_string(ToolClass tool_class) {
    return tool_class == ToolClass::script ? "script" : "general";
}

// Shared with the permits. What a permit touches when it ends (the mutex, the clients) needs
// neither clock nor metrics, which may be gone by then.
struct RateLimiter::State {
    State(const core::Clock& the_clock, core::Metrics& the_metrics, RateLimiterOptions the_options)
        : clock(the_clock), metrics(the_metrics), options(std::move(the_options)) {}

    /// Empty when admitted.
    std::optional<Refusal> admit(const std::string& client, std::string_view tool,
                                 ToolClass tool_class);
    std::optional<Refusal> enter(const std::string& client);
    std::optional<Refusal> make_room(core::TimePoint now);
    void leave(const std::string& client);

    [[nodiscard]] Rate rate(const BucketKey& key) const;

    const core::Clock& clock;
    core::Metrics& metrics;
    std::atomic<bool> cleaning = false;

    std::mutex mutex;  // guards what follows
    RateLimiterOptions options;
    std::unordered_map<BucketKey, TokenBucket, BucketKeyHash> buckets;
    std::map<std::string, ConcurrencyCounter, std::less<>> clients;  // with calls in progress
    bool shut_down = false;
};

Rate RateLimiter::State::rate(const BucketKey& key) const {
    if (const auto own = options.tools.find(key.tool); own != options.tools.end())
        return normalised(own->second);
    return normalised(key.tool_class == ToolClass::script ? options.script : options.general);
}

std::optional<Refusal> RateLimiter::State::admit(const std::string& client, std::string_view tool,
                                                 ToolClass tool_class) {
    BucketKey key{client, tool_class, {}};
    if (options.tools.contains(tool)) key.tool = tool;
    const auto allowed = rate(key);
    if (denies(allowed))
        return busy("rate", fmt::format("No {} are allowed: their rate limit is 0", calls_of(key)),
                    "Waiting does not help; the limit is set in the configuration.");

    // Before a token is taken, which would be lost otherwise.
    const auto counter = clients.find(client);
    const auto in_progress = counter == clients.end() ? ConcurrencyCounter() : counter->second;
    if (!in_progress.may_enter(options.concurrent)) {
        auto message =
            fmt::format("Concurrency limit reached: {} of at most {} calls are in progress",
                        in_progress.count(), std::max<std::int64_t>(options.concurrent, 0));
        if (options.concurrent <= 0)
            return busy("concurrency", std::move(message),
                        "Waiting does not help; the limit is set in the configuration.");
        return busy_until_call_ends("concurrency", std::move(message),
                                    "Call again when one of them has ended.");
    }
    if (counter == clients.end() && clients.size() >= options.max_buckets) {
        auto message = fmt::format("Too many clients: {} have calls in progress", clients.size());
        if (clients.empty())
            return busy("clients", std::move(message),
                        "Waiting does not help; the limit is set in the configuration.");
        return busy_until_call_ends("clients", std::move(message),
                                    "Call again when some of their calls have ended.");
    }

    const auto now = clock.now();
    auto bucket = buckets.find(key);
    if (bucket == buckets.end()) {
        if (auto refusal = make_room(now)) return refusal;
        bucket = buckets.emplace(key, TokenBucket(allowed, now)).first;
    }
    if (!bucket->second.take(now))
        return busy("rate",
                    fmt::format("Rate limit reached: at most {} {} per minute, {} at once",
                                allowed.per_minute, calls_of(key), allowed.burst),
                    bucket->second.until_token(now));
    clients[client].enter();
    return std::nullopt;
}

std::optional<Refusal> RateLimiter::State::make_room(core::TimePoint now) {
    while (buckets.size() >= options.max_buckets) {
        auto oldest = buckets.end();
        auto soonest = core::Duration::max();
        for (auto it = buckets.begin(); it != buckets.end(); ++it) {
            soonest = std::min(soonest, it->second.until_full(now));
            if (it->second.full(now) &&
                (oldest == buckets.end() || it->second.idle(now) > oldest->second.idle(now)))
                oldest = it;
        }
        if (oldest == buckets.end())
            return busy("clients",
                        fmt::format("Too many clients: {} token buckets are in use, the most that "
                                    "may be",
                                    buckets.size()),
                        soonest);
        buckets.erase(oldest);
    }
    return std::nullopt;
}

void RateLimiter::State::leave(const std::string& client) {
    const std::lock_guard lock(mutex);
    const auto counter = clients.find(client);
    counter->second.leave();
    if (counter->second.count() == 0) clients.erase(counter);
}

RateLimiter::Permit& RateLimiter::Permit::operator=(Permit&& other) noexcept {
    Permit taken(std::move(other));
    std::swap(state_, taken.state_);
    std::swap(client_, taken.client_);
    return *this;
}

RateLimiter::Permit::~Permit() {
    if (state_) state_->leave(client_);
}

RateLimiter::RateLimiter(const core::Clock& clock, core::Metrics& metrics,
                         RateLimiterOptions options)
    : state_(std::make_shared<State>(clock, metrics, std::move(options))) {
    metrics.declare(calls_admitted);
    metrics.declare(calls_refused);
    metrics.declare(rate_buckets);
    metrics.declare(cleanups_prevented);
}

RateLimiter::~RateLimiter() {
    state_->metrics.add(rate_buckets, -static_cast<std::int64_t>(stats().buckets));
}

core::Result<RateLimiter::Permit> RateLimiter::acquire(std::string_view client,
                                                       std::string_view tool,
                                                       ToolClass tool_class) {
    Permit permit;
    std::optional<Refusal> refusal;
    std::int64_t new_buckets = 0;
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->shut_down) {
            refusal = Refusal{{.code = core::ErrorCode::shutting_down,
                               .message = "No calls are accepted: the rate limiter is shut down",
                               .remedy = "Start blender-mcpd again."},
                              "shutdown"};
        } else if (!state_->options.enabled) {
            return permit;
        } else {
            const auto before = state_->buckets.size();
            permit.client_ = bounded(client);
            refusal = state_->admit(permit.client_, tool, tool_class);
            if (!refusal) permit.state_ = state_;
            new_buckets = static_cast<std::int64_t>(state_->buckets.size() - before);
        }
    }
    // Not under the mutex: watchers of metrics may do anything.
    if (new_buckets != 0) state_->metrics.add(rate_buckets, new_buckets);
    if (refusal) {
        state_->metrics.add(calls_refused, 1, refusal->reason);
        return std::move(refusal->error);
    }
    state_->metrics.add(calls_admitted);
    return permit;
}

void RateLimiter::cleanup() {
    if (state_->cleaning.exchange(true)) {
        state_->metrics.add(cleanups_prevented);
        return;
    }
    struct Done {
        std::atomic<bool>& cleaning;
        ~Done() { cleaning = false; }
    } const done{state_->cleaning};

    std::size_t removed = 0;
    std::size_t left = 0;
    {
        const std::lock_guard lock(state_->mutex);
        const auto now = state_->clock.now();
        removed = std::erase_if(state_->buckets, [&](const auto& entry) {
            return entry.second.idle(now) > idle_limit && entry.second.full(now);
        });
        left = state_->buckets.size();
    }
    if (removed == 0) return;
    spdlog::debug("Rate limiter cleanup: {} buckets removed, {} left", removed, left);
    state_->metrics.add(rate_buckets, -static_cast<std::int64_t>(removed));
}

void RateLimiter::start(core::Timers& timers) {
    timers_ = &timers;
    update_timer();
}

void RateLimiter::reconfigure(RateLimiterOptions options) {
    {
        const std::lock_guard lock(state_->mutex);
        state_->options = std::move(options);
        const auto now = state_->clock.now();
        for (auto& [key, bucket] : state_->buckets) {
            // Nobody draws from a bucket that is denied now; it fills up and goes.
            if (const auto rate = state_->rate(key); !denies(rate)) bucket.change_rate(rate, now);
        }
    }
    update_timer();
}

void RateLimiter::shutdown() {
    timer_.reset();
    {
        const std::lock_guard lock(state_->mutex);
        if (std::exchange(state_->shut_down, true)) return;
    }
    spdlog::debug("Rate limiter shutdown complete");
}

RateLimiter::Stats RateLimiter::stats() const {
    const std::lock_guard lock(state_->mutex);
    Stats stats{.buckets = state_->buckets.size(), .clients = state_->clients.size()};
    for (const auto& [client, counter] : state_->clients)
        stats.in_progress += counter.count();
    return stats;
}

void RateLimiter::update_timer() {
    bool wanted = timers_ != nullptr;
    {
        const std::lock_guard lock(state_->mutex);
        wanted = wanted && state_->options.enabled && !state_->shut_down;
    }
    if (!wanted) return timer_.reset();
    if (timer_) return;
    timer_.emplace(*timers_, "rate-limiter");
    timer_->start(cleanup_period, [this] { tick(); });
}

void RateLimiter::tick() {
    // First, so that the next round comes whatever happens in this one.
    timer_->start(cleanup_period, [this] { tick(); });
    cleanup();
}

}  // namespace blender_mcpd::guard
