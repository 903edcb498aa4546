// What Streamable HTTP says beside the message: headers that must agree with the body (2026-07-28
// basic/transports/streamable-http), as the transport read them.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace blender_mcpd::mcp {

/// Values without surrounding white space, not decoded yet.
struct MirroredHeaders {
    std::optional<std::string> protocol_version;    // MCP-Protocol-Version
    std::optional<std::string> method;              // Mcp-Method
    std::optional<std::string> name;                // Mcp-Name
    std::map<std::string, std::string> parameters;  // Mcp-Param-<key>, by key in lower case
};

}  // namespace blender_mcpd::mcp
