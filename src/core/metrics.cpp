#include <blender_mcpd/core/metrics.hpp>

namespace blender_mcpd::core {

void Metrics::add(MetricName name, std::int64_t by) {
    values_[std::string(name.text)] += by;
}

void Metrics::set(MetricName name, std::int64_t value) {
    values_[std::string(name.text)] = value;
}

std::int64_t Metrics::value(MetricName name) const {
    const auto found = values_.find(name.text);
    return found == values_.end() ? 0 : found->second;
}

}  // namespace blender_mcpd::core
