#include "tasks.hpp"

#include "content.hpp"
#include "question.hpp"

#include <blender_mcpd/core/aside.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/mcp/call_audit.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace blender_mcpd::mcp {

namespace asio = boost::asio;

Task::Task(core::Timers& timers, std::string name)
    : id(std::move(name)),
      answered_(timers.executor()),
      expiry_(timers, "task " + id.substr(0, 8)) {
    created = updated = std::chrono::system_clock::now();
}

Tasks::Tasks(core::Timers& timers, core::Metrics& metrics, Registry& registry,
             const ServerLimits& limits)
    : timers_(timers),
      metrics_(metrics),
      registry_(registry),
      limits_(limits),
      idle_(timers.executor()) {
    metrics_.declare(tasks_working);
}

Tasks::~Tasks() = default;

core::Result<std::shared_ptr<Task>> Tasks::start(StartTask work, const CallContext& context,
                                                 std::optional<std::chrono::milliseconds> ttl) {
    if (ending_)
        return core::Error{core::ErrorCode::shutting_down, "blender-mcpd is shutting down"};
    // Work that hears no cancellation may outlive its task.
    if (running_ >= limits_.tasks || !make_room())
        return core::Error{core::ErrorCode::busy,
                           fmt::format("Too many tasks: {} are running", limits_.tasks),
                           "Wait for one to end, or cancel one"};
    auto task = std::make_shared<Task>(timers_, core::random_hex(16));
    task->client = context.client;
    task->ttl = std::min(ttl.value_or(limits_.task_ttl), limits_.max_task_ttl);
    task->expiry_.start(task->ttl, [this, id = task->id] { forget(id); });
    tasks_.push_back(task);
    metrics_.add(tasks_working);

    CallContext own;
    own.client = context.client;
    own.capabilities = context.capabilities;
    own.record = context.record;
    own.cancel = task->cancel_.token();
    own.log = [](LogLevel, const core::Json&) {};
    own.progress = [this, weak = std::weak_ptr(task)](const Progress& progress) {
        const auto shared = weak.lock();
        if (!shared || shared->status != TaskStatus::working) return;
        if (!progress.message.empty() && progress.message != shared->message)
            set(*shared, TaskStatus::working, progress.message);
    };
    ++running_;
    asio::co_spawn(timers_.executor(), run(task, std::move(work), std::move(own)), asio::detached);
    return task;
}

// The oldest that has ended goes first.
bool Tasks::make_room() {
    if (tasks_.size() < limits_.tasks) return true;
    const auto ended =
        std::find_if(tasks_.begin(), tasks_.end(), [](const auto& task) { return task->ended(); });
    if (ended == tasks_.end()) return false;
    tasks_.erase(ended);
    return true;
}

namespace {

/// The work is over, whatever was told of the task before. A large result is looked at beside the
/// loop.
asio::awaitable<void> end_record(std::shared_ptr<CallRecord> record, const ToolAnswer& answer,
                                 bool cancelled) {
    CallEnd end;
    if (const auto* result = std::get_if<ToolResult>(&answer)) {
        const auto look = [&] { return summarize(*result, record->wants_content()); };
        end.result = co_await core::aside(tool_result_size(*result), look);
        end.outcome = result->is_error ? CallOutcome::failed : CallOutcome::ok;
    } else if (const auto* error = std::get_if<RpcError>(&answer)) {
        end.error = *error;
        end.outcome = CallOutcome::protocol_error;
    }
    if (cancelled) end.outcome = CallOutcome::cancelled;
    record->end(std::move(end));
}

asio::awaitable<ToolAnswer> attempt(const StartTask& work, CallContext context) {
    try {
        co_return co_await work.run(std::move(context));
    } catch (const std::exception& error) {
        spdlog::error("task: {}", error.what());
        co_return RpcError{RpcCode::internal_error, std::string("Internal error: ") + error.what()};
    }
}

}  // namespace

asio::awaitable<void> Tasks::run(std::shared_ptr<Task> task, StartTask work, CallContext context) {
    // Its client hears of it first: a task begins as one that works.
    co_await asio::post(timers_.executor(), asio::use_awaitable);
    for (int round = 1; !task->ended(); ++round) {
        auto answer = co_await attempt(work, context);
        if (context.record && !std::holds_alternative<InputRequired>(answer))
            co_await end_record(context.record, answer, task->ended());
        if (task->ended()) {  // cancelled meanwhile
            tell_end(*task, answer);
            break;
        }
        auto* question = std::get_if<InputRequired>(&answer);
        if (question != nullptr && round > limits_.input_rounds) {
            answer = RpcError{RpcCode::internal_error, "The task asked the client too often"};
        } else if (question != nullptr) {
            if (auto error = refuse_question(*question, context.capabilities)) {
                answer = std::move(*error);
            } else {
                context.state = question->state;
                if (!co_await ask(task, std::move(*question), context.inputs)) break;
                continue;
            }
        }
        // A question that cannot be asked is an error now.
        if (context.record && std::holds_alternative<RpcError>(answer))
            co_await end_record(context.record, answer, false);
        finish(*task, std::move(answer));
        break;
    }
    if (context.record) context.record->end({.outcome = CallOutcome::cancelled});
    if (--running_ == 0) idle_.set();
}

void Tasks::finish(Task& task, ToolAnswer answer) {
    if (auto* result = std::get_if<ToolResult>(&answer)) {
        task.outcome = std::move(*result);
        set(task, TaskStatus::completed, {});
    } else if (auto* error = std::get_if<RpcError>(&answer)) {
        fail(task, std::move(*error));
    } else {
        fail(task, {RpcCode::internal_error, "Internal error: a task ended with another task"});
    }
}

// What a cancelled work has left: an animation's frames, say.
void Tasks::tell_end(Task& task, const ToolAnswer& answer) {
    const auto* result = std::get_if<ToolResult>(&answer);
    if (task.status != TaskStatus::cancelled || result == nullptr || !result->is_error ||
        result->content.empty())
        return;
    const auto* text = std::get_if<TextContent>(&result->content.front());
    if (text == nullptr || text->text.empty()) return;
    task.message = text->text;
    task.updated = std::chrono::system_clock::now();
    registry_.task_changed(task.id);
}

// Keys of questions are never used twice in a task: a late answer must not pass for another one.
asio::awaitable<bool> Tasks::ask(std::shared_ptr<Task> task, InputRequired question,
                                 InputResponses& answers) {
    if (question.requests.empty()) {  // it only wants to be called again
        answers.clear();
        co_return true;
    }
    task->answers_.clear();
    std::map<std::string, std::string> asked;  // our key, the handler's
    for (auto& [key, request] : question.requests) {
        auto unused = key;
        for (int n = 2; task->handler_keys_.contains(unused); ++n)
            unused = fmt::format("{}-{}", key, n);
        task->handler_keys_.emplace(unused, key);
        task->questions.emplace(unused, std::move(request));
        asked.emplace(unused, key);
    }
    task->answered_.reset();
    set(*task, TaskStatus::input_required, {});
    (void)co_await task->answered_.wait(task->cancel_.token());
    if (task->ended()) co_return false;
    answers.clear();
    for (const auto& [ours, key] : asked)
        if (const auto given = task->answers_.find(ours); given != task->answers_.end())
            answers.emplace(key, std::move(given->second));
    set(*task, TaskStatus::working, {});
    co_return true;
}

std::shared_ptr<Task> Tasks::find(std::string_view id) const {
    const auto found = std::find_if(tasks_.begin(), tasks_.end(),
                                    [&](const auto& task) { return task->id == id; });
    return found == tasks_.end() ? nullptr : *found;
}

std::vector<std::shared_ptr<Task>> Tasks::of(std::string_view client) const {
    std::vector<std::shared_ptr<Task>> own;
    std::copy_if(tasks_.begin(), tasks_.end(), std::back_inserter(own),
                 [&](const auto& task) { return task->client == client; });
    return own;
}

void Tasks::answer(Task& task, const InputResponses& answers) {
    for (const auto& [key, value] : answers)
        if (task.questions.erase(key) > 0) task.answers_.emplace(key, value);
    if (task.status == TaskStatus::input_required && task.questions.empty()) task.answered_.set();
}

void Tasks::cancel(Task& task, core::CancelReason reason) {
    if (task.ended()) return;
    set(task, TaskStatus::cancelled, "Cancelled");
    task.cancel_.cancel(reason);
}

void Tasks::fail(Task& task, RpcError error) {
    if (task.ended()) return;
    auto message = error.message;
    task.outcome = std::move(error);
    set(task, TaskStatus::failed, std::move(message));
    task.cancel_.cancel(core::CancelReason::client);
}

void Tasks::set(Task& task, TaskStatus status, std::string message) {
    task.status = status;
    task.message = std::move(message);
    task.updated = std::chrono::system_clock::now();
    if (task.ended()) {
        task.questions.clear();
        metrics_.add(tasks_working, -1);
    }
    registry_.task_changed(task.id);
}

void Tasks::forget(const std::string& id) {
    const auto task = find(id);
    if (!task) return;
    cancel(*task, core::CancelReason::closed);
    tasks_.remove(task);
}

asio::awaitable<void> Tasks::end() {
    ending_ = true;
    const auto all = tasks_;
    for (const auto& task : all) {
        cancel(*task, core::CancelReason::shutdown);
        task->expiry_.cancel();
    }
    while (running_ > 0) {
        idle_.reset();
        co_await idle_.wait();
    }
    tasks_.clear();
}

}  // namespace blender_mcpd::mcp
