// The work behind a request that takes time.
#pragma once

#include <blender_mcpd/mcp/tool.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <variant>

namespace blender_mcpd::mcp {

/// Raw members of a result, encoded for the revision of the request.
struct Members {
    std::string text;
};

/// How one round of the work ends.
using Step = std::variant<ToolResult, Members, InputRequired, StartTask, RpcError>;

struct Call {
    std::string what;  // for the log
    /// May be called again, with answers to what it asked.
    std::function<boost::asio::awaitable<Step>(CallContext)> work;
    /// What a requestState is bound to: the request without its answers. Set by begin(), for modern
    /// clients.
    std::function<std::string()> identity{};
    /// Of a legacy client that wants the call to be a task.
    bool as_task = false;
    std::optional<std::chrono::milliseconds> task_ttl{};
};

}  // namespace blender_mcpd::mcp
