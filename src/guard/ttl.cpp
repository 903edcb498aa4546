#include <blender_mcpd/guard/cache.hpp>

#include <cmath>
#include <string>

namespace blender_mcpd::guard {

using std::chrono::milliseconds;

Ttl clamp_ttl(double seconds, const TtlBounds& bounds) {
    if (std::isnan(seconds)) return {bounds.standard, true};
    // Clamped as a double: only what is in range can be converted to an integer.
    const auto rounded = std::round(seconds * 1'000);
    const auto min = static_cast<double>(bounds.min.count());
    const auto max = static_cast<double>(bounds.max.count());
    if (rounded >= max) return {bounds.max, rounded > max};
    if (rounded <= min) return {bounds.min, rounded < min};
    return {milliseconds(static_cast<milliseconds::rep>(rounded)), false};
}

core::Result<void> validate(const ResultCacheOptions& options) {
    const auto wrong = [](std::string message) {
        return core::Error{.code = core::ErrorCode::invalid,
                           .message = std::move(message),
                           .remedy = "Times to live are between 1 ms and 366 days."};
    };
    const auto& [min, max, standard] = options.ttl;
    if (min < milliseconds(1)) return wrong("The cache's minimum time to live is below 1 ms");
    if (max > longest_ttl) return wrong("The cache's maximum time to live is above 366 days");
    if (min > max) return wrong("The cache's minimum time to live is above its maximum");
    if (standard < min || standard > max)
        return wrong("The cache's time to live is not between its minimum and maximum");
    return {};
}

}  // namespace blender_mcpd::guard
