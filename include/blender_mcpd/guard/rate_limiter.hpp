// How often and how many at once: token buckets for the rate of calls, permits for calls in
// progress.
#pragma once

#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::guard {

inline constexpr core::Metric calls_admitted{"rate_limiter.admitted",
                                             "Calls that the rate limiter let through"};
inline constexpr core::Metric calls_refused{"rate_limiter.refused",
                                            "Calls that the rate limiter refused, by the limit",
                                            core::MetricKind::counter, "reason"};
inline constexpr core::Metric rate_buckets{"rate_limiter.buckets", "Token buckets in memory",
                                           core::MetricKind::gauge};
inline constexpr core::Metric cleanups_prevented{
    "rate_limiter.cleanup.concurrent_prevented",
    "Cleanups that did not start because one was running"};

/// What a tool counts as. Each class has a rate of its own.
enum class ToolClass {
    general,  // everything that only takes what the tool's schema allows
    script,   // runs code that the client wrote
};

[[nodiscard]] std::string_view to_string(ToolClass tool_class);

/// Zero or less of either denies every call. More than max_rate is treated as max_rate.
struct Rate {
    std::int64_t per_minute = 0;
    std::int64_t burst = 0;  // calls that may come at once after a rest
};
inline constexpr std::int64_t max_rate = 1'000'000;

struct RateLimiterOptions {
    bool enabled = true;
    Rate general{.per_minute = 60, .burst = 60};
    Rate script{.per_minute = 20, .burst = 20};
    /// Tools that have a rate of their own, by name. They do not count for their class.
    std::map<std::string, Rate, std::less<>> tools{};
    std::int64_t concurrent = 10;     // calls in progress of one client; zero or less denies all
    std::size_t max_buckets = 1'024;  // also the most clients that may have calls in progress
};

/// Admits or refuses calls. Over any time, a client gets at most burst + rate * time of them from
/// each bucket; there is one for each client and class, or tool with an own rate.
///
/// A bucket is forgotten only when it is full, because a new one starts full: forgetting never
/// gives calls away. When max_buckets is reached, the full bucket that was unused longest makes
/// room; when none is full, new clients are refused until one is.
///
/// acquire(), cleanup(), stats() and the end of a permit may come from any thread; they share one
/// mutex. Everything else belongs to the loop thread.
class RateLimiter {
    struct State;

  public:
    static constexpr std::chrono::seconds cleanup_period{60};
    static constexpr std::chrono::minutes idle_limit{5};
    /// Told to whom only the end of a call in progress helps: nobody knows when that will be.
    static constexpr std::chrono::seconds retry_after_call{1};
    /// Longer names of clients are shortened, with a hash of the whole.
    static constexpr std::size_t max_client_bytes = 128;

    /// The right to one call in progress; ends with the object, once. Empty when the limiter was
    /// off. May outlive the limiter.
    class Permit {
      public:
        Permit() = default;
        Permit(Permit&& other) noexcept = default;
        Permit& operator=(Permit&& other) noexcept;
        ~Permit();

      private:
        friend class RateLimiter;
        std::shared_ptr<State> state_;  // null: nothing to give back
        std::string client_;
    };

    /// Clock and metrics must outlive it.
    RateLimiter(const core::Clock& clock, core::Metrics& metrics, RateLimiterOptions options);
    ~RateLimiter();
    RateLimiter(const RateLimiter&) = delete;
    RateLimiter& operator=(const RateLimiter&) = delete;

    /// Errors: busy when a limit is reached; its details hold {"retry_after_s": t}, unless waiting
    /// does not help. Of a rate, t is exact: after t the call passes if nothing else came between.
    /// Of calls in progress it is retry_after_call. shutting_down after shutdown(). A refusal costs
    /// nothing.
    [[nodiscard]] core::Result<Permit> acquire(std::string_view client, std::string_view tool,
                                               ToolClass tool_class);

    /// Forgets buckets that are full and were not used for more than idle_limit. Returns at once
    /// when another thread is at it.
    void cleanup();

    /// Calls cleanup() every cleanup_period while the limiter is enabled. Idempotent. The timers
    /// must outlive this object, or its shutdown().
    void start(core::Timers& timers);

    /// Takes effect at once. Calls in progress keep their permits, buckets their level (cut to the
    /// new burst).
    void reconfigure(RateLimiterOptions options);

    /// Ends the timer and refuses all calls from now on. Idempotent.
    void shutdown();

    struct Stats {
        std::size_t buckets = 0;
        std::size_t clients = 0;       // that have calls in progress
        std::int64_t in_progress = 0;  // calls that hold a permit
    };
    [[nodiscard]] Stats stats() const;

  private:
    void update_timer();
    void tick();

    std::shared_ptr<State> state_;
    core::Timers* timers_ = nullptr;
    std::optional<core::Timer> timer_;
};

}  // namespace blender_mcpd::guard
