#pragma once

#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/guard/rate_limiter.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <support/catch.hpp>

namespace blender_mcpd::test {

/// The time to wait that a refusal tells, exactly: read as decimals, not as a double.
inline core::Duration retry_after(const core::Error& error) {
    constexpr std::string_view head = R"({"retry_after_s":)";
    auto text = std::string_view(error.details);
    if (!text.starts_with(head) || !text.ends_with('}'))
        throw std::runtime_error("no retry_after_s: " + error.details);
    text.remove_prefix(head.size());
    text.remove_suffix(1);
    const auto point = text.find('.');
    auto digits = std::string(point == text.npos ? "" : text.substr(point + 1));
    digits.resize(9, '0');
    return std::chrono::seconds(std::stoll(std::string(text.substr(0, point)))) +
           std::chrono::nanoseconds(std::stoll(digits));
}

struct LimiterStage {
    explicit LimiterStage(guard::RateLimiterOptions options = {})
        : limiter(clock, metrics, std::move(options)) {}

    [[nodiscard]] core::Result<guard::RateLimiter::Permit> call(
        std::string_view client = "c", std::string_view tool = "tool",
        guard::ToolClass tool_class = guard::ToolClass::general) {
        return limiter.acquire(client, tool, tool_class);
    }
    [[nodiscard]] bool passes(std::string_view client = "c", std::string_view tool = "tool",
                              guard::ToolClass tool_class = guard::ToolClass::general) {
        return call(client, tool, tool_class).has_value();
    }
    [[nodiscard]] int passing(int calls, std::string_view client = "c") {
        int passed = 0;
        for (int i = 0; i < calls; ++i)
            passed += passes(client) ? 1 : 0;
        return passed;
    }

    core::ManualClock clock;
    core::Metrics metrics;
    guard::RateLimiter limiter;
};

}  // namespace blender_mcpd::test
