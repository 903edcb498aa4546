// Counters and gauges, declared once as constants beside the code that records them. Loop thread
// only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace blender_mcpd::core {

/// The name of a metric; a type of its own so that a stray string cannot be one.
struct MetricName {
    std::string_view text;
};

inline constexpr MetricName timers_leaked{"memory.timers.leaked"};

class Metrics {
  public:
    void add(MetricName name, std::int64_t by = 1);
    void set(MetricName name, std::int64_t value);
    /// 0 for a metric that was never recorded.
    [[nodiscard]] std::int64_t value(MetricName name) const;
    [[nodiscard]] const std::map<std::string, std::int64_t, std::less<>>& all() const {
        return values_;
    }

  private:
    std::map<std::string, std::int64_t, std::less<>> values_;
};

}  // namespace blender_mcpd::core
