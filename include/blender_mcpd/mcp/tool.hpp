// What a tool is to the protocol: its description and a coroutine that answers one call. Knows no
// Blender.
#pragma once

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/mcp/call.hpp>
#include <blender_mcpd/mcp/content.hpp>
#include <blender_mcpd/mcp/protocol.hpp>

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace blender_mcpd::mcp {

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

class ToolAnswer;

/// The call goes on as a task: the client gets a handle at once and asks for the result later.
/// `run` is called with a context of its own, which outlives the client's connection, and again
/// with the answers when it ends with InputRequired. It must not end with another StartTask.
struct StartTask {
    std::function<boost::asio::awaitable<ToolAnswer>(CallContext)> run;
};

/// How a tool call ends, or goes on.
class ToolAnswer : public std::variant<ToolResult, InputRequired, StartTask, RpcError> {
  public:
    using variant::variant;
};

/// Whether the tool's calls may run as tasks (2025-11-25 server/tools, execution.taskSupport).
enum class TaskSupport { forbidden, optional, required };

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
    std::function<boost::asio::awaitable<ToolAnswer>(CallContext context, core::Json arguments)>;

/// The result of a call, when it is known without any work. Asked before the handler, on the loop,
/// and must answer as that would; nullopt when it cannot tell. `arguments` is the text as it came,
/// maybe none, maybe no valid JSON. Results are smaller than core::large_message.
using ToolRecall =
    std::function<std::optional<ToolResult>(const std::string& client, std::string_view arguments)>;

struct Tool {
    std::string name;
    std::string title;
    std::string description;
    core::Json input_schema;   // an object schema
    core::Json output_schema;  // an object schema, or null
    ToolAnnotations annotations;
    ToolHandler handler;
    TaskSupport task_support = TaskSupport::forbidden;
    ToolRecall recall{};  // may be empty
};

/// A tool that is made when somebody asks for it: a schema takes time to build, and who starts a
/// server waits for none of them.
struct ToolMaker {
    std::string name;
    TaskSupport task_support = TaskSupport::forbidden;
    std::function<Tool()> make{};  // of that name and task support; called at most once
};

}  // namespace blender_mcpd::mcp
