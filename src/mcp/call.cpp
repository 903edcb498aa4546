#include <blender_mcpd/mcp/call.hpp>

#include <algorithm>
#include <array>

namespace blender_mcpd::mcp {

namespace {
constexpr std::array<std::string_view, 8> names{"debug", "info",     "notice", "warning",
                                                "error", "critical", "alert",  "emergency"};
}

std::string_view to_string(LogLevel level) {
    return names.at(static_cast<std::size_t>(level));
}

std::optional<LogLevel> log_level(std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return {};
    return static_cast<LogLevel>(found - names.begin());
}

InputRequest elicit(std::string message, core::Json schema) {
    return {"elicitation/create",
            {{"message", std::move(message)}, {"requestedSchema", std::move(schema)}}};
}

}  // namespace blender_mcpd::mcp
