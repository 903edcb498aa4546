// Errors that several methods answer with.
#pragma once

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/mcp/protocol.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace blender_mcpd::mcp {

/// Without `required`, an object of ClientCapabilities, the request cannot be served.
[[nodiscard]] inline RpcError missing_capabilities(std::string message,
                                                   const core::Json& required) {
    return {RpcCode::missing_client_capability, std::move(message),
            core::dump({{"requiredCapabilities", required}})};
}

[[nodiscard]] inline RpcError missing_tasks_extension(std::string message) {
    const core::Json extension{{std::string(tasks_extension), core::Json::object()}};
    return missing_capabilities(std::move(message), {{"extensions", extension}});
}

}  // namespace blender_mcpd::mcp
