// What a tool is to the protocol: its description and a coroutine that answers one call. Knows no
// Blender.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/json.hpp>

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace blender_mcpd::mcp {

struct TextContent {
    std::string text;
};

struct ImageContent {
    std::string bytes;      // raw, encoded as base64 when the reply is written
    std::string mime_type;  // "image/png"
};

using Content = std::variant<TextContent, ImageContent>;

/// CallToolResult (MCP 2025-11-25 server/tools). `structured` is the text of one JSON object, or
/// empty. When it is not empty, the same text is also sent as the first text block, for clients
/// that read only text.
struct ToolResult {
    std::string structured;
    std::vector<Content> content;
    bool is_error = false;
    /// Raw members of the result's _meta; may be empty.
    std::string meta{};
};

/// An isError result with one text block.
[[nodiscard]] ToolResult error_result(std::string text);

/// One step of progress. `value` must grow from call to call; what does not is dropped.
struct Progress {
    double value = 0;
    std::optional<double> total;
    std::string message;
};

struct CallContext {
    std::string client;  // who calls: the same for all calls of one session
    core::CancelToken cancel;
    std::function<void(const Progress&)>
        progress;  // never empty; does nothing when the client did not ask
};

/// ToolAnnotations (2025-03-26+). They must be true.
struct ToolAnnotations {
    bool read_only = false;
    bool destructive = false;
    bool idempotent = false;
    bool open_world = false;
};

/// `arguments` is an object (an empty one when the client sent none), not validated yet: its
/// numbers may be infinite.
using ToolHandler =
    std::function<boost::asio::awaitable<ToolResult>(CallContext context, core::Json arguments)>;

struct Tool {
    std::string name;
    std::string title;
    std::string description;
    core::Json input_schema;   // an object schema
    core::Json output_schema;  // an object schema, or null
    ToolAnnotations annotations;
    ToolHandler handler;
};

}  // namespace blender_mcpd::mcp
