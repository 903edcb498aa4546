// Tasks: tool calls that go on without the request that began them, and keep their result for who
// asks later. One model for both eras (2025-11-25 basic/utilities/tasks; the extension
// io.modelcontextprotocol/tasks). Loop thread only.
#pragma once

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/mcp/registry.hpp>
#include <blender_mcpd/mcp/server.hpp>
#include <blender_mcpd/mcp/tool.hpp>

#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace blender_mcpd::mcp {

inline constexpr core::Metric tasks_working{"mcp.tasks_working", "Tasks that run or wait for input",
                                            core::MetricKind::gauge};

enum class TaskStatus { working, input_required, completed, failed, cancelled };

/// One task. Written by Tasks alone, except where said.
struct Task {
    Task(core::Timers& timers, std::string name);

    const std::string id;  // 128 random bits
    std::string client;
    TaskStatus status = TaskStatus::working;
    std::string message;
    std::chrono::system_clock::time_point created, updated;
    std::chrono::milliseconds ttl{0};
    std::map<std::string, InputRequest> questions;  // not answered yet; by keys never used again
    std::variant<std::monostate, ToolResult, RpcError> outcome;
    /// A tasks/result asks the client at this moment: no other may ask the same. Not of Tasks.
    bool asking = false;

    [[nodiscard]] bool ended() const { return status >= TaskStatus::completed; }

  private:
    friend class Tasks;
    core::CancelSource cancel_;
    core::Event answered_;
    InputResponses answers_;
    std::map<std::string, std::string> handler_keys_;  // of questions, by ours
    core::Timer expiry_;
};

class Tasks {
  public:
    Tasks(core::Timers& timers, core::Metrics& metrics, Registry& registry,
          const ServerLimits& limits);
    ~Tasks();

    /// `context` gives client and capabilities. `ttl`: what the client asked for. Errors: busy,
    /// shutting_down.
    [[nodiscard]] core::Result<std::shared_ptr<Task>> start(
        StartTask work, const CallContext& context, std::optional<std::chrono::milliseconds> ttl);

    /// Null when there is none (any more).
    [[nodiscard]] std::shared_ptr<Task> find(std::string_view id) const;
    /// Those of one client, oldest first.
    [[nodiscard]] std::vector<std::shared_ptr<Task>> of(std::string_view client) const;

    /// Answers to questions of the task; others are ignored. It goes on when all are answered.
    static void answer(Task& task, const InputResponses& answers);
    /// Cancelled at once, whatever the work still does. Does nothing when it has ended.
    void cancel(Task& task, core::CancelReason reason);
    /// The same with an error as the outcome.
    void fail(Task& task, RpcError error);

    /// Cancels all. Returns when none works any more.
    boost::asio::awaitable<void> end();

  private:
    boost::asio::awaitable<void> run(std::shared_ptr<Task> task, StartTask work,
                                     CallContext context);
    /// False when the task has ended instead.
    boost::asio::awaitable<bool> ask(std::shared_ptr<Task> task, InputRequired question,
                                     InputResponses& answers);
    void finish(Task& task, ToolAnswer answer);
    void tell_end(Task& task, const ToolAnswer& answer);
    bool make_room();
    void set(Task& task, TaskStatus status, std::string message);
    void forget(const std::string& id);

    core::Timers& timers_;
    core::Metrics& metrics_;
    Registry& registry_;
    const ServerLimits limits_;
    std::list<std::shared_ptr<Task>> tasks_;  // oldest first
    std::size_t running_ = 0;                 // coroutines
    bool ending_ = false;                     // none starts any more
    core::Event idle_;
};

}  // namespace blender_mcpd::mcp
