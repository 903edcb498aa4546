// The rounds of a request: the handler, the client's answers to what it asks, the handler again.
#include "encode.hpp"
#include "encode_task.hpp"
#include "errors.hpp"
#include "question.hpp"
#include "session_state.hpp"
#include "state_signer.hpp"
#include "tasks.hpp"

#include <blender_mcpd/core/text.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <map>
#include <set>

namespace blender_mcpd::mcp {

namespace asio = boost::asio;

namespace {

// What the client must never see twice or going back (utilities/progress).
class ProgressReporter {
  public:
    ProgressReporter(std::shared_ptr<Outlet> outlet, std::string token, Revision revision,
                     core::CancelToken cancel)
        : outlet_(std::move(outlet)),
          token_(std::move(token)),
          revision_(revision),
          cancel_(std::move(cancel)) {}

    void report(const Progress& progress) {
        if (cancel_.cancelled() || (last_ && progress.value <= *last_)) return;
        if (!std::isfinite(progress.value)) return;  // JSON cannot say it
        last_ = progress.value;
        outlet_->send(encode_progress(token_, revision_, progress));
    }

  private:
    std::shared_ptr<Outlet> outlet_;
    std::string token_;
    Revision revision_;
    core::CancelToken cancel_;
    std::optional<double> last_;
};

std::function<void(const Progress&)> progress_of(const Exchange& exchange,
                                                 const core::CancelToken& cancel) {
    if (exchange.envelope.progress_token.empty()) return [](const Progress&) {};
    const auto reporter = std::make_shared<ProgressReporter>(
        exchange.reply.outlet(), std::string(exchange.envelope.progress_token), exchange.revision(),
        cancel);
    return [reporter](const Progress& progress) { reporter->report(progress); };
}

// Outlives the session, as the context does. `least` may change while the request runs; null: no
// messages.
std::function<void(LogLevel, const core::Json&)> log_to(std::shared_ptr<const LogLevel> least,
                                                        std::shared_ptr<Outlet> outlet,
                                                        const core::CancelToken& cancel,
                                                        const std::string& name) {
    if (!least) return [](LogLevel, const core::Json&) {};
    return [outlet = std::move(outlet), cancel, name, least = std::move(least)](
               LogLevel level, const core::Json& data) {
        if (level < *least || cancel.cancelled()) return;
        outlet->send(encode_notification(
            "notifications/message",
            fmt::format(R"("level":"{}","logger":{},"data":{})", to_string(level),
                        core::quoted(name), core::dump(data))));
    };
}

// A modern client says with each request whether it wants messages; a legacy one sets a level.
std::shared_ptr<const LogLevel> least_level(const Exchange& exchange,
                                            const std::shared_ptr<const LogLevel>& of_session) {
    if (!exchange.revision().modern()) return of_session;
    if (!exchange.envelope.log_level) return nullptr;
    return std::make_shared<const LogLevel>(*exchange.envelope.log_level);
}

// However it is written. What has no canonical form, a number that no double can hold, stays as it
// is.
std::string canonical(std::string_view raw) {
    const auto value = nlohmann::json::parse(raw, nullptr, false);
    if (value.is_discarded()) return std::string(raw);
    return value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

// What makes a request the same one: its method and its parameters, but for the answers. Only
// modern clients carry a state that is bound to it.
std::function<std::string()> identity_of(const Exchange& exchange) {
    if (!exchange.revision().modern()) return {};
    return [text = exchange.method, raw = std::string(exchange.raw_params)] {
        const std::set<std::string_view> aside{"_meta", "inputResponses", "requestState", "task"};
        const auto params = core::RawObject::scan(raw);
        std::map<std::string, std::string> members;  // sorted; the last of a name counts
        for (const auto& member : params->members())
            if (!aside.contains(member.name)) members[member.name] = canonical(member.value);
        auto identity = text;
        for (const auto& [name, value] : members)
            identity += '\n' + core::quoted(name) + ':' + value;
        return identity;
    };
}

// A legacy client that asks for a task takes no other result.
bool answers_with_tool_result(const Exchange& exchange, const Call& call) {
    return exchange.method == "tools/call" && (exchange.revision().modern() || !call.as_task);
}

asio::awaitable<Step> attempt(const Call& call, CallContext context) {
    try {
        co_return co_await call.work(std::move(context));
    } catch (const std::exception& error) {
        spdlog::error("{}: {}", call.what, error.what());
        co_return RpcError{RpcCode::internal_error, std::string("Internal error: ") + error.what()};
    }
}

}  // namespace

std::optional<std::string> Session::State::too_many_calls() const {
    const auto limit = server.limits().in_flight;
    if (calls.size() < limit) return {};
    return fmt::format(
        "Too many calls at once: the limit is {}. Nothing was done. Wait for one to end and call "
        "again.",
        limit);
}

CallContext Session::State::start_call(Exchange& exchange) {
    auto& reply = exchange.reply;
    CallContext context;
    if (exchange.revision().modern())
        context.inputs = read_responses(exchange.params.find("inputResponses").value_or("{}"))
                             .value_or(InputResponses());
    auto& call = calls[reply.id()] = {{}, reply.outlet()};
    context.client = client;
    context.record = reply.record();
    context.capabilities = exchange.capabilities;
    context.cancel = call.source.token();
    context.progress = progress_of(exchange, context.cancel);
    context.log = log_to(least_level(exchange, log_level), reply.outlet(), context.cancel,
                         server.implementation().name);
    return context;
}

void Session::State::begin(Exchange exchange, Call call) {
    auto& reply = exchange.reply;
    call.identity = identity_of(exchange);
    std::string state;
    if (exchange.revision().modern() && exchange.params.find("requestState")) {
        auto verified =
            server.signer().verify(exchange.text("requestState").value_or(""), call.identity());
        if (!verified)
            return reply.error(
                invalid_params("requestState was altered, is of another request, or has expired; "
                               "send the request without it"));
        state = std::move(*verified);
    }
    if (auto text = too_many_calls()) {
        if (answers_with_tool_result(exchange, call))
            return reply.tool_result(error_result(std::move(*text)));
        return reply.error({RpcCode::internal_error, std::move(*text)});
    }
    auto context = start_call(exchange);
    context.state = std::move(state);
    context.can_task = call.as_task;
    asio::co_spawn(
        server.timers().executor(),
        perform(shared_from_this(), std::move(reply), std::move(call), std::move(context)),
        asio::detached);
}

asio::awaitable<void> Session::State::perform(std::shared_ptr<State> self, Reply reply, Call call,
                                              CallContext context) {
    const auto id = reply.id();
    Step step;
    for (int round = 1;; ++round) {
        auto round_context = context;
        step = co_await attempt(call, std::move(round_context));
        const auto* question = std::get_if<InputRequired>(&step);
        if (question == nullptr || context.cancel.cancelled()) break;
        if (auto error = refuse_question(*question, context.capabilities)) step = std::move(*error);
        if (reply.revision().modern() || std::holds_alternative<RpcError>(step)) break;
        if (round > self->server.limits().input_rounds) {
            step = RpcError{RpcCode::internal_error, "The request asked the client too often"};
            break;
        }
        context.state = question->state;
        auto answers = co_await self->ask(reply.outlet(), question->requests, context.cancel);
        if (!answers) {
            step = RpcError{RpcCode::internal_error, core::describe(answers.error())};
            break;
        }
        context.inputs = std::move(*answers);
    }
    co_await conclude(self, std::move(reply), call, std::move(step), context);
    self->end_call(id);
}

asio::awaitable<void> Session::State::conclude(std::shared_ptr<State> self, Reply reply,
                                               const Call& call, Step step,
                                               const CallContext& context) {
    const bool cancelled = context.cancel.cancelled();
    if (cancelled && context.cancel.reason() != core::CancelReason::shutdown) {
        const auto* result = std::get_if<ToolResult>(&step);
        co_return reply.suppress(result == nullptr ? std::nullopt
                                                   : summary_for(reply.record(), *result));
    }
    // The daemon ends: there is no time for an answer, and none for a task.
    if (cancelled &&
        (std::holds_alternative<InputRequired>(step) || std::holds_alternative<StartTask>(step)))
        step = RpcError{RpcCode::internal_error,
                        std::string(core::to_string(context.cancel.reason()))};
    if (auto* result = std::get_if<ToolResult>(&step)) {
        // A legacy client that asked for a task must get one.
        if (!call.as_task || reply.revision().modern())
            co_return co_await reply_with(std::move(reply), std::move(*result), {}, context.cancel);
        const auto finished = [result = *result](CallContext) -> asio::awaitable<ToolAnswer> {
            co_return result;
        };
        co_return self->start_task(std::move(reply), call, {finished}, context);
    }
    if (const auto* members = std::get_if<Members>(&step)) co_return reply.result(members->text);
    if (const auto* error = std::get_if<RpcError>(&step)) co_return reply.error(*error);
    if (auto* work = std::get_if<StartTask>(&step))
        co_return self->start_task(std::move(reply), call, std::move(*work), context);
    const auto& question = std::get<InputRequired>(step);
    const auto state = question.state.empty()
                           ? std::string()
                           : self->server.signer().sign(question.state, call.identity());
    reply.result(input_required_members(question.requests, state), {}, "input_required");
}

void Session::State::start_task(Reply reply, const Call& call, StartTask work,
                                const CallContext& context) {
    if (!call.as_task)
        return reply.error({RpcCode::internal_error,
                            "Internal error: a handler starts a task that the client cannot take"});
    const auto task = server.tasks().start(std::move(work), context, call.task_ttl);
    if (!task) {
        const auto text = core::describe(task.error());
        if (reply.revision().modern()) return reply.tool_result(error_result(text));
        return reply.error({RpcCode::internal_error, text});  // only a task is a result there
    }
    reply.leave_record();
    const auto members = task_members(**task, reply.revision());
    if (reply.revision().modern()) return reply.result(members, {}, "task");
    reply.result(R"("task":{)" + members + '}');
}

void Session::State::end_call(const std::string& id) {
    calls.erase(id);
    if (calls.empty()) idle.set();
}

}  // namespace blender_mcpd::mcp
