#include "errors.hpp"

#include <blender_mcpd/link/pool.hpp>

#include <fmt/format.h>

#include <string>

namespace blender_mcpd::link {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds day = std::chrono::hours(24);

core::Error refusal(std::string_view option, const std::string& value, const std::string& range) {
    return {.code = core::ErrorCode::invalid,
            .message = fmt::format("The pool's {} is {}, but must be {}", option, value, range)};
}

}  // namespace

// The upper limits keep time points from overflowing; the shortest check interval, a wrong one from
// becoming a busy loop.
core::Result<void> check(const PoolOptions& options) {
    if (options.max < 1) return refusal("max", "0", "1 or more");
    if (options.min > options.max)
        return refusal("min", std::to_string(options.min),
                       fmt::format("at most max, {}", options.max));
    if (options.max_requests_per_connection < 1)
        return refusal("max_requests_per_connection", "0", "1 or more");

    struct Time {
        const char* name;
        milliseconds value, shortest, longest;
    };
    const Time times[]{
        {"acquire_timeout", options.acquire_timeout, milliseconds(1), 7 * day},
        {"idle_timeout", options.idle_timeout, milliseconds(1), 7 * day},
        {"health_interval", options.health_interval, milliseconds(100), day},
    };
    for (const auto& time : times)
        if (time.value < time.shortest || time.value > time.longest)
            return refusal(
                time.name, seconds(time.value),
                fmt::format("from {} to {}", seconds(time.shortest), seconds(time.longest)));
    return {};
}

}  // namespace blender_mcpd::link
