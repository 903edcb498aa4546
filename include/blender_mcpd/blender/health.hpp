// Is Blender well? Asked now and then, so that the answer is there before somebody needs it. Loop
// thread only.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::blender {

inline constexpr core::Metric health_checks{"health_check.checks", "Health checks that ended"};
inline constexpr core::Metric health_failures{"health_check.failures", "Health checks that failed"};
inline constexpr core::Metric health_latency_ms{"health_check.latency_ms",
                                                "Milliseconds from a health check to its answer",
                                                core::MetricKind::histogram};

enum class Health {
    unknown,    // not asked yet
    healthy,    // answers
    busy,       // works on something, or is too busy to answer
    unhealthy,  // refuses, breaks off, or answers with an error
};
[[nodiscard]] std::string_view to_string(Health health);

struct HealthReport {
    Health health = Health::unknown;
    std::string message;
    std::optional<core::Duration> latency;   // of the last check
    std::optional<core::TimePoint> checked;  // when it ended
    std::uint64_t failures_in_a_row = 0;     // unhealthy ones; busy is none
};

/// What one check has found. A failure is an error: "Blender error: …" when Blender said it.
struct HealthFinding {
    Health health = Health::healthy;
    std::string message;
};

class HealthCheck {
  public:
    /// From the start of a check to its end, whatever it waits for.
    static constexpr std::chrono::milliseconds limit{5'000};
    /// So many failures in a row are worth a warning.
    static constexpr std::uint64_t failures_to_warn = 3;

    /// Asks once. It must keep to `limit` and take nothing from users: no permit, no lease. May
    /// return nothing when there is nobody to ask.
    using Probe = std::function<boost::asio::awaitable<std::optional<core::Result<HealthFinding>>>(
        std::chrono::milliseconds limit)>;

    /// Starts nothing. `timers` and `metrics` must outlive it; `interval` is positive.
    HealthCheck(core::Timers& timers, core::Metrics& metrics, Probe probe, core::Duration interval);
    ~HealthCheck();
    HealthCheck(const HealthCheck&) = delete;
    HealthCheck& operator=(const HealthCheck&) = delete;

    /// Begins to ask every `interval`, one check at a time: a tick during a check is dropped.
    /// Idempotent; does nothing after stop().
    void start();
    /// No check begins afterwards, and one in progress counts no more. Idempotent, and allowed
    /// within a check.
    void stop();
    [[nodiscard]] bool running() const;

    [[nodiscard]] const HealthReport& report() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace blender_mcpd::blender
