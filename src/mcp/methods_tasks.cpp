// tasks/*: 2025-11-25 basic/utilities/tasks, and the extension io.modelcontextprotocol/tasks.
#include "encode.hpp"
#include "encode_task.hpp"
#include "errors.hpp"
#include "question.hpp"
#include "session_state.hpp"
#include "tasks.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace blender_mcpd::mcp {

namespace asio = boost::asio;

namespace {

/// The task that the request names; null when the request was answered.
std::shared_ptr<Task> find_task(Server& server, Exchange& exchange) {
    auto& reply = exchange.reply;
    if (exchange.revision().modern() && !exchange.capabilities.tasks) {
        reply.error(
            missing_tasks_extension("tasks/* are for clients that declare the tasks extension"));
        return nullptr;
    }
    const auto id = exchange.text("taskId");
    if (!id) {
        reply.error(invalid_params("taskId must be a string"));
        return nullptr;
    }
    auto task = server.tasks().find(*id);
    if (!task) reply.error({RpcCode::invalid_params, "Unknown task: it never was, or has expired"});
    return task;
}

std::string related(const Task& task) {
    return fmt::format(R"("{}":{{"taskId":"{}"}})", meta::related_task, task.id);
}

bool may_ask(const Task& task, const ClientCapabilities& client) {
    if (task.status != TaskStatus::input_required || task.questions.empty() || task.asking)
        return false;
    return !refuse_question({task.questions}, client);
}

}  // namespace

void Session::State::get_task(Exchange exchange) {
    if (const auto task = find_task(server, exchange))
        exchange.reply.result(detailed_task_members(*task, exchange.revision()));
}

void Session::State::list_tasks(Exchange exchange) {
    if (exchange.refuse_cursor()) return;
    std::string out = R"("tasks":[)";
    for (const auto& task : server.tasks().of(client)) {
        if (out.back() != '[') out += ',';
        out += '{' + task_members(*task, exchange.revision()) + '}';
    }
    exchange.reply.result(out + ']');
}

void Session::State::update_task(Exchange exchange) {
    const auto task = find_task(server, exchange);
    if (!task) return;
    const auto answers = read_responses(exchange.params.find("inputResponses").value_or(""));
    if (!answers) return exchange.reply.error(invalid_params("inputResponses must be an object"));
    Tasks::answer(*task, *answers);
    exchange.reply.result({});
}

void Session::State::cancel_task(Exchange exchange) {
    const auto task = find_task(server, exchange);
    if (!task) return;
    if (exchange.revision().modern()) {
        server.tasks().cancel(*task, core::CancelReason::client);
        return exchange.reply.result({});
    }
    if (task->ended())
        return exchange.reply.error({RpcCode::invalid_params, "The task has ended already"});
    server.tasks().cancel(*task, core::CancelReason::client);
    exchange.reply.result(task_members(*task, exchange.revision()));
}

void Session::State::task_result(Exchange exchange) {
    const auto task = find_task(server, exchange);
    if (!task) return;
    if (auto text = too_many_calls())
        return exchange.reply.error({RpcCode::internal_error, std::move(*text)});
    auto context = start_call(exchange);
    asio::co_spawn(
        server.timers().executor(),
        send_task_result(shared_from_this(), std::move(exchange.reply), task, std::move(context)),
        asio::detached);
}

// Asks the client what the task wants to know. When it does not answer, the task cannot go on.
asio::awaitable<void> Session::State::ask_for_task(std::shared_ptr<Outlet> outlet,
                                                   std::shared_ptr<Task> task,
                                                   core::CancelToken cancel) {
    const auto self = shared_from_this();
    auto asked = task->questions;
    for (auto& [key, question] : asked)
        question.params["_meta"][std::string(meta::related_task)] = {{"taskId", task->id}};
    // Somebody else may answer meanwhile, or cancel the task.
    const auto open = [&] {
        return std::any_of(asked.begin(), asked.end(), [&](const auto& question) {
            return task->questions.contains(question.first);
        });
    };
    core::CancelSource enough;
    const auto registration =
        cancel.on_cancel([&](core::CancelReason reason) { enough.cancel(reason); });
    const auto observation = server.registry().observe([&](const Change& change) {
        if (change.kind == Change::Kind::task && change.subject == task->id && !open())
            enough.cancel(core::CancelReason::client);
    });
    task->asking = true;
    auto answers = co_await ask(std::move(outlet), asked, enough.token());
    task->asking = false;
    if (answers)
        Tasks::answer(*task, *answers);
    else if (open() && !cancel.cancelled() && !closed)
        server.tasks().fail(*task, {RpcCode::internal_error, core::describe(answers.error())});
    else
        server.registry().task_changed(task->id);  // another client may ask instead
}

// Waits for the end of the task. What it wants to know meanwhile is asked here.
asio::awaitable<void> Session::State::send_task_result(std::shared_ptr<State> self, Reply reply,
                                                       std::shared_ptr<Task> task,
                                                       CallContext context) {
    const auto id = reply.id();
    core::Event changed(self->server.timers().executor());
    const auto observation = self->server.registry().observe([&](const Change& change) {
        if (change.kind == Change::Kind::task && change.subject == task->id) changed.set();
    });
    while (!task->ended() && !context.cancel.cancelled() && !self->closed) {
        changed.reset();
        if (may_ask(*task, context.capabilities))
            co_await self->ask_for_task(reply.outlet(), task, context.cancel);
        else
            (void)co_await changed.wait(context.cancel);
    }
    const auto* result = std::get_if<ToolResult>(&task->outcome);
    const auto* error = std::get_if<RpcError>(&task->outcome);
    if (context.cancel.cancelled() && context.cancel.reason() != core::CancelReason::shutdown)
        reply.suppress();
    else if (error != nullptr)
        reply.error(*error);
    else if (result != nullptr && task->status != TaskStatus::cancelled)
        co_await reply_with(std::move(reply), *result, related(*task), context.cancel);
    else
        reply.error({RpcCode::invalid_request,
                     task->ended() ? "The task was cancelled" : "The server is shutting down"});
    self->end_call(id);
}

}  // namespace blender_mcpd::mcp
