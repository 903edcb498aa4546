// Alerts: a metric that crosses a line is told once, in the log and in the status. Thread-safe.
#pragma once

#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/metrics.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::core {

enum class Severity { info, warning };
[[nodiscard]] std::string_view to_string(Severity severity);

struct AlertRule {
    std::string_view name;     // "timer-leak"
    std::string_view message;  // what it means, for whoever reads the log
    Severity severity = Severity::warning;
    Metric metric;
    /// Raised when the metric grows by more than this within the window (a gauge: is set to more
    /// than this), once per crossing.
    std::int64_t above = 0;
    Duration window = Duration::max();
    /// After it was raised it stays silent for so long, whatever happens.
    Duration pause = Duration::zero();
};

inline constexpr AlertRule timer_leak{
    .name = "timer-leak",
    .message = "A timer is still armed although shutdown is over: a bug, please report it",
    .metric = timers_leaked};

inline constexpr Metric alerts_raised{"alerts.raised", "Alerts that were raised",
                                      MetricKind::counter, "alert"};

class Alerts {
  public:
    static constexpr std::size_t max_recent = 20;

    /// Both must outlive it. Add all rules before the metrics are recorded.
    Alerts(const Clock& clock, Metrics& metrics);
    ~Alerts();
    Alerts(const Alerts&) = delete;
    Alerts& operator=(const Alerts&) = delete;

    void add(const AlertRule& rule);

    struct Raised {
        std::string name;
        Severity severity;
        std::string message;
        TimePoint at;
    };
    /// The last ones, oldest first.
    [[nodiscard]] std::vector<Raised> recent() const;

  private:
    struct State;
    std::shared_ptr<State> state_;  // the watchers of the metrics hold it weakly
};

}  // namespace blender_mcpd::core
