// Counters, gauges and histograms, declared once as constants beside the code that records them.
// The registry is prometheus-cpp's. Safe to use from any thread; recording never throws.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::core {

enum class MetricKind {
    counter,    // only grows
    gauge,      // a level
    histogram,  // how often values of which size were seen
};

/// What a metric is. `name` is dotted ("mcp.tool_calls"); Prometheus sees
/// "blender_mcpd_mcp_tool_calls_total".
struct Metric {
    std::string_view name;
    std::string_view help;
    MetricKind kind = MetricKind::counter;
    std::string_view label = {};  // the name of its one label; empty: none
};

inline constexpr Metric timers_leaked{
    "memory.timers.leaked", "Timers that were still armed after shutdown", MetricKind::gauge};

class Metrics {
  public:
    /// Different values of one label; what comes after them is counted as "other", so that nobody
    /// can fill the memory with names.
    static constexpr std::size_t max_label_values = 64;

    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// Makes it visible at 0 before it is first recorded.
    void declare(const Metric& metric);

    /// Of a counter (by > 0) or gauge.
    void add(const Metric& metric, std::int64_t by = 1, std::string_view label = {});
    /// Of a gauge.
    void set(const Metric& metric, std::int64_t value);
    /// Of a histogram, in the unit that its name says.
    void observe(const Metric& metric, double value, std::string_view label = {});

    /// Counter or gauge, summed over its labels; 0 for one that was never recorded. Of a histogram,
    /// how many values it has seen.
    [[nodiscard]] std::int64_t value(const Metric& metric) const;
    [[nodiscard]] std::int64_t value(const Metric& metric, std::string_view label) const;

    /// Everything declared or recorded, by name: "mcp.tool_calls{render}" with a label, ".count"
    /// and ".sum" of histograms.
    [[nodiscard]] std::map<std::string, std::int64_t> all() const;
    /// The same in the text format of Prometheus.
    [[nodiscard]] std::string prometheus_text() const;

    /// Calls `on_change` with the step of every add() to this metric and the new value of every
    /// set(), in the recording thread. For the life of this object.
    using Watcher = std::function<void(std::int64_t)>;
    void watch(const Metric& metric, Watcher on_change);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace blender_mcpd::core
