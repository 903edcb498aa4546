// Revisions of the Model Context Protocol and the codes and keys that they define.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace blender_mcpd::mcp {

/// Newest first. "Legacy" revisions open a session with `initialize` (basic/lifecycle).
inline constexpr std::array<std::string_view, 4> legacy_versions{"2025-11-25", "2025-06-18",
                                                                 "2025-03-26", "2024-11-05"};
/// "Modern" revisions are stateless: every request carries its version (2026-07-28
/// basic/versioning).
inline constexpr std::array<std::string_view, 1> modern_versions{"2026-07-28"};

/// JSON-RPC 2.0 and MCP error codes.
enum class RpcCode : int {
    parse_error = -32700,
    invalid_request = -32600,
    method_not_found = -32601,
    invalid_params = -32602,
    internal_error = -32603,
    resource_not_found = -32002,            // legacy; sent as invalid_params in 2026-07-28
    header_mismatch = -32020,               // 2026-07-28
    missing_client_capability = -32021,     // 2026-07-28
    unsupported_protocol_version = -32022,  // 2026-07-28
};

/// An error that ends a request. `data` is raw JSON or empty.
struct RpcError {
    RpcCode code = RpcCode::internal_error;
    std::string message;
    std::string data{};
};

/// `rule`: which one was broken, by which parameter.
[[nodiscard]] inline RpcError invalid_params(const std::string& rule) {
    return {RpcCode::invalid_params, "Invalid params: " + rule};
}

namespace meta {
inline constexpr std::string_view protocol_version = "io.modelcontextprotocol/protocolVersion";
inline constexpr std::string_view client_capabilities =
    "io.modelcontextprotocol/clientCapabilities";
inline constexpr std::string_view client_info = "io.modelcontextprotocol/clientInfo";
inline constexpr std::string_view server_info = "io.modelcontextprotocol/serverInfo";
inline constexpr std::string_view log_level = "io.modelcontextprotocol/logLevel";
inline constexpr std::string_view subscription_id = "io.modelcontextprotocol/subscriptionId";
inline constexpr std::string_view related_task = "io.modelcontextprotocol/related-task";
}  // namespace meta

/// The extension in which tasks live since 2026-07-28.
inline constexpr std::string_view tasks_extension = "io.modelcontextprotocol/tasks";

/// The revision that governs one message. Versions are dates, so text order is time order.
struct Revision {
    std::string_view version = legacy_versions.front();

    [[nodiscard]] bool modern() const { return version >= modern_versions.back(); }
    [[nodiscard]] bool has_annotations() const { return version >= "2025-03-26"; }
    [[nodiscard]] bool has_audio() const { return version >= "2025-03-26"; }
    [[nodiscard]] bool has_batches() const { return version == "2025-03-26"; }
    [[nodiscard]] bool has_completions_capability() const { return version >= "2025-03-26"; }
    [[nodiscard]] bool has_progress_message() const { return version >= "2025-03-26"; }
    [[nodiscard]] bool has_elicitation() const { return version >= "2025-06-18"; }
    [[nodiscard]] bool has_resource_links() const { return version >= "2025-06-18"; }
    [[nodiscard]] bool has_url_elicitation() const { return version >= "2025-11-25"; }
    [[nodiscard]] bool has_structured_content() const { return version >= "2025-06-18"; }
    [[nodiscard]] bool has_titles() const { return version >= "2025-06-18"; }
    /// Tasks of the core, not those of the extension.
    [[nodiscard]] bool has_tasks() const { return version == "2025-11-25"; }
};

}  // namespace blender_mcpd::mcp
