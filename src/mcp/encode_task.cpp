#include "encode_task.hpp"

#include "encode.hpp"

#include <blender_mcpd/core/utc_time.hpp>

#include <fmt/format.h>

namespace blender_mcpd::mcp {

namespace {

constexpr int poll_interval_ms = 500;

std::string_view status(const Task& task, Revision revision) {
    switch (task.status) {
        case TaskStatus::working:
            return "working";
        case TaskStatus::input_required:
            return "input_required";
        case TaskStatus::failed:
            return "failed";
        case TaskStatus::cancelled:
            return "cancelled";
        case TaskStatus::completed:
            break;
    }
    // An isError result is a failure in 2025-11-25 and a completion in the extension.
    const auto* result = std::get_if<ToolResult>(&task.outcome);
    return !revision.modern() && result != nullptr && result->is_error ? "failed" : "completed";
}

// Of a result that counts as a failure, what it says.
std::string_view status_message(const Task& task, Revision revision) {
    const auto* result = std::get_if<ToolResult>(&task.outcome);
    if (!task.message.empty() || result == nullptr || status(task, revision) != "failed")
        return task.message;
    for (const auto& content : result->content)
        if (const auto* text = std::get_if<TextContent>(&content)) return text->text;
    return {};
}

}  // namespace

std::string task_members(const Task& task, Revision revision) {
    auto out = fmt::format(
        R"("taskId":"{}","status":"{}","createdAt":"{}","lastUpdatedAt":"{}","{}":{},"{}":{})",
        task.id, status(task, revision), core::utc_time(task.created), core::utc_time(task.updated),
        revision.modern() ? "ttlMs" : "ttl", task.ttl.count(),
        revision.modern() ? "pollIntervalMs" : "pollInterval", poll_interval_ms);
    if (const auto message = status_message(task, revision); !message.empty())
        out += R"(,"statusMessage":)" + core::quoted(message);
    return out;
}

std::string detailed_task_members(const Task& task, Revision revision) {
    auto out = task_members(task, revision);
    if (!revision.modern()) return out;
    if (task.status == TaskStatus::input_required)
        out += R"(,"inputRequests":)" + encode_questions(task.questions);
    if (task.status == TaskStatus::cancelled) return out;
    if (const auto* result = std::get_if<ToolResult>(&task.outcome))
        out +=
            R"(,"result":{"resultType":"complete",)" + tool_result_members(revision, *result) + '}';
    if (const auto* error = std::get_if<RpcError>(&task.outcome))
        out += R"(,"error":)" + error_object(revision, *error);
    return out;
}

}  // namespace blender_mcpd::mcp
