// The rounds of a request: the handler, the client's answers to what it asks, the handler again.
#include "encode.hpp"
#include "encode_task.hpp"
#include "session_state.hpp"
#include "state_signer.hpp"
#include "tasks.hpp"

#include <blender_mcpd/core/text.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cmath>

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

// Outlives the session, as the context does.
std::function<void(LogLevel, const core::Json&)> log_to(std::optional<LogLevel> least,
                                                        std::shared_ptr<Outlet> outlet,
                                                        const std::string& name) {
    if (!least) return [](LogLevel, const core::Json&) {};
    return
        [outlet = std::move(outlet), name, least = *least](LogLevel level, const core::Json& data) {
            if (level < least) return;
            outlet->send(encode_notification(
                "notifications/message",
                fmt::format(R"("level":"{}","logger":{},"data":{})", to_string(level),
                            core::quoted(name), core::dump(data))));
        };
}

InputResponses read_responses(std::string_view raw) {
    InputResponses responses;
    const auto parsed = core::parse_json(raw);
    if (!parsed || !parsed->is_object()) return responses;
    for (const auto& [key, value] : parsed->items())
        if (value.is_object()) responses.emplace(key, value);  // what is none is no answer
    return responses;
}

/// The kinds of questions that the client cannot answer, as it would have to declare them.
std::optional<RpcError> unanswerable(const InputRequired& question,
                                     const ClientCapabilities& client) {
    core::Json required = core::Json::object();
    for (const auto& [key, request] : question.requests) {
        const bool url = request.params.value("mode", "form") == "url";
        const bool elicitation = request.method == "elicitation/create";
        if (elicitation && !(url ? client.elicitation_url : client.elicitation_form))
            required["elicitation"] =
                url ? core::Json{{"url", core::Json::object()}} : core::Json::object();
        if (request.method == "sampling/createMessage" && !client.sampling)
            required["sampling"] = core::Json::object();
        if (request.method == "roots/list" && !client.roots)
            required["roots"] = core::Json::object();
    }
    if (required.empty()) return {};
    return RpcError{RpcCode::missing_client_capability,
                    "This request needs capabilities that the client did not declare",
                    core::dump({{"requiredCapabilities", required}})};
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

CallContext Session::State::start_call(Exchange& exchange) {
    auto& reply = exchange.reply;
    CallContext context;
    if (exchange.revision().modern())
        context.inputs = read_responses(exchange.params.find("inputResponses").value_or("{}"));
    auto& call = calls[reply.id()] = {{}, reply.outlet()};
    context.client = client;
    context.capabilities = exchange.capabilities;
    context.cancel = call.source.token();
    context.progress = progress_of(exchange, context.cancel);
    context.log = log_to(exchange.revision().modern() ? exchange.envelope.log_level : log_level,
                         reply.outlet(), server.implementation().name);
    return context;
}

void Session::State::begin(Exchange exchange, Call call) {
    auto& reply = exchange.reply;
    std::string state;
    if (const auto token = exchange.text("requestState"); token && exchange.revision().modern()) {
        auto verified = server.signer().verify(*token, call.identity());
        if (!verified)
            return reply.error({RpcCode::invalid_params,
                                "Invalid params: requestState was altered, is of another request, "
                                "or has expired; send the request without it"});
        state = std::move(*verified);
    }
    if (calls.size() >= server.limits().in_flight) {
        auto text = fmt::format(
            "Too many calls at once: the limit is {}. Nothing was done. Wait for one to end and "
            "call again.",
            server.limits().in_flight);
        if (exchange.method == "tools/call")
            return reply.tool_result(error_result(std::move(text)));
        return reply.error({RpcCode::internal_error, std::move(text)});
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
        if (question == nullptr) break;
        if (auto error = unanswerable(*question, context.capabilities)) step = std::move(*error);
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
    self->conclude(std::move(reply), call, std::move(step), context);
    self->end_call(id);
}

void Session::State::conclude(Reply reply, const Call& call, Step step,
                              const CallContext& context) {
    if (context.cancel.cancelled() && context.cancel.reason() == core::CancelReason::client)
        return reply.suppress();
    if (const auto* result = std::get_if<ToolResult>(&step)) {
        // A legacy client that asked for a task must get one.
        if (!call.as_task || reply.revision().modern()) return reply.tool_result(*result);
        const auto finished = [result = *result](CallContext) -> asio::awaitable<ToolAnswer> {
            co_return result;
        };
        return start_task(std::move(reply), call, {finished}, context);
    }
    if (const auto* members = std::get_if<Members>(&step)) return reply.result(members->text);
    if (const auto* error = std::get_if<RpcError>(&step)) return reply.error(*error);
    if (auto* work = std::get_if<StartTask>(&step))
        return start_task(std::move(reply), call, std::move(*work), context);
    const auto& question = std::get<InputRequired>(step);
    const auto state = question.state.empty()
                           ? std::string()
                           : server.signer().sign(question.state, call.identity());
    reply.result(input_required_members(question.requests, state), {}, "input_required");
}

void Session::State::start_task(Reply reply, const Call& call, StartTask work,
                                const CallContext& context) {
    const auto task = server.tasks().start(std::move(work), context, call.task_ttl);
    if (!task) return reply.tool_result(error_result(core::describe(task.error())));
    const auto members = task_members(**task, reply.revision());
    if (reply.revision().modern()) return reply.result(members, {}, "task");
    reply.result(R"("task":{)" + members + '}');
}

void Session::State::end_call(const std::string& id) {
    calls.erase(id);
    if (calls.empty()) idle.set();
}

}  // namespace blender_mcpd::mcp
