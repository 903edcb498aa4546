#include "encode.hpp"
#include "message.hpp"
#include "reply.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/mcp/session.hpp>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace blender_mcpd::mcp {

// Shared with the calls in flight, so that one that ends after the session finds a state that sends
// nothing.
struct Session::State : std::enable_shared_from_this<State> {
    State(const Server& shared, Send out)
        : server(shared),
          send(std::move(out)),
          client(shared.name_client()),
          idle(shared.timers().executor()) {}

    void handle(const Request& request);
    void handle(const Notification& notification);
    void handle(const Response& response) {
        spdlog::debug("ignored a response to {}", response.id);
    }
    void handle(const BadMessage& message);

    void handle_legacy(const Request& request, const core::RawObject& params,
                       const Envelope& envelope);
    void handle_modern(const Request& request, const core::RawObject& params,
                       const Envelope& envelope);
    void initialize(Reply reply, const core::RawObject& params);
    void list_tools(Reply reply, const core::RawObject& params);
    void call_tool(Reply reply, const core::RawObject& params, const Envelope& envelope);
    void cancel_request(std::string_view params);

    CallContext start_call(const Reply& reply, const Envelope& envelope);
    void end_call(const std::string& id);

    [[nodiscard]] Reply reply_to(const Request& request, Revision revision) {
        return {server, sender(), request.id, request.method, revision};
    }
    [[nodiscard]] Reply::Send sender() {
        return [self = shared_from_this()](std::string message) {
            if (self->send) self->send(std::move(message));
        };
    }

    const Server& server;
    Send send;  // empty once the session is gone
    const std::string client;
    Revision legacy;                                  // negotiated by `initialize`
    std::map<std::string, core::CancelSource> calls;  // in flight, by raw id
    core::Event idle;
};

namespace {

// What the client must never see twice or going back (utilities/progress).
class ProgressReporter {
  public:
    ProgressReporter(Reply::Send send, std::string token, Revision revision,
                     core::CancelToken cancel)
        : send_(std::move(send)),
          token_(std::move(token)),
          revision_(revision),
          cancel_(std::move(cancel)) {}

    void report(const Progress& progress) {
        if (cancel_.cancelled() || (last_ && progress.value <= *last_)) return;
        if (!std::isfinite(progress.value)) return;  // JSON cannot say it
        last_ = progress.value;
        send_(encode_progress(token_, revision_, progress));
    }

  private:
    Reply::Send send_;
    std::string token_;
    Revision revision_;
    core::CancelToken cancel_;
    std::optional<double> last_;
};

core::Result<core::Json> read_arguments(const core::RawObject& params) {
    const auto raw = params.find("arguments");
    if (!raw) return core::Json::object();
    if (core::json_kind(*raw) != core::JsonKind::object)
        return core::Error{core::ErrorCode::invalid, "arguments must be an object"};
    // Validation says better than the parser which number is too large.
    return core::parse_json(*raw, core::Overflow::infinity);
}

}  // namespace

Session::Session(const Server& server, Send send)
    : state_(std::make_shared<State>(server, std::move(send))) {}

Session::~Session() {
    state_->send = nullptr;
}

void Session::receive(std::string_view message) {
    const auto state = state_;
    std::visit([&](const auto& classified) { state->handle(classified); }, classify(message));
}

void Session::reject_oversized(std::size_t limit) {
    state_->handle(
        BadMessage{{},
                   {RpcCode::invalid_request,
                    fmt::format("Invalid request: longer than the limit of {} bytes", limit),
                    {}}});
}

std::size_t Session::in_flight() const {
    return state_->calls.size();
}

void Session::cancel_all(core::CancelReason reason) {
    if (reason == core::CancelReason::closed) state_->send = nullptr;
    // Callbacks may end calls, so go by a copy.
    auto calls = state_->calls;
    for (auto& [id, source] : calls)
        source.cancel(reason);
}

boost::asio::awaitable<void> Session::drained() {
    const auto state = state_;
    while (!state->calls.empty()) {
        state->idle.reset();
        co_await state->idle.wait();
    }
}

void Session::State::handle(const BadMessage& message) {
    server.metrics().add(errors_sent);
    spdlog::debug("bad message: {}", message.error.message);
    if (send) send(encode_error(message.id, message.error));
}

void Session::State::handle(const Notification& notification) {
    if (notification.method == "notifications/cancelled") cancel_request(notification.params);
    // Everything else (notifications/initialized, unknown ones) needs no action and never an
    // answer.
}

void Session::State::handle(const Request& request) {
    server.metrics().add(requests_received);
    const auto params = *core::RawObject::scan(request.params.empty() ? "{}" : request.params);
    const auto envelope = read_envelope(params);
    if (envelope.error)
        return reply_to(request, Revision{modern_versions.front()}).error(*envelope.error);
    if (calls.contains(request.id))
        return reply_to(request, legacy)
            .error({RpcCode::invalid_request,
                    "Invalid request: a request with this id is still running",
                    {}});
    if (envelope.modern) return handle_modern(request, params, envelope);
    handle_legacy(request, params, envelope);
}

void Session::State::handle_modern(const Request& request, const core::RawObject& params,
                                   const Envelope& envelope) {
    auto reply = reply_to(request, *envelope.modern);
    if (request.method == "server/discover")
        return reply.result(discover_members(server.implementation()));
    if (request.method == "tools/list") return list_tools(std::move(reply), params);
    if (request.method == "tools/call") return call_tool(std::move(reply), params, envelope);
    reply.error(
        {RpcCode::method_not_found, "Method not found: " + core::excerpt(request.method), {}});
}

void Session::State::handle_legacy(const Request& request, const core::RawObject& params,
                                   const Envelope& envelope) {
    auto reply = reply_to(request, legacy);
    if (request.method == "initialize") return initialize(std::move(reply), params);
    if (request.method == "ping") return reply.result({});
    if (request.method == "tools/list") return list_tools(std::move(reply), params);
    if (request.method == "tools/call") return call_tool(std::move(reply), params, envelope);
    reply.error(
        {RpcCode::method_not_found, "Method not found: " + core::excerpt(request.method), {}});
}

void Session::State::initialize(Reply reply, const core::RawObject& params) {
    const auto requested = core::unquote(params.find("protocolVersion").value_or(""));
    if (!requested)
        return reply.error(
            {RpcCode::invalid_params, "Invalid params: protocolVersion must be a string", {}});
    // An unknown revision is answered with our newest legacy one (basic/lifecycle, version
    // negotiation).
    const auto known = std::find(legacy_versions.begin(), legacy_versions.end(), *requested);
    legacy = Revision{known == legacy_versions.end() ? legacy_versions.front() : *known};
    reply.result(initialize_members(legacy, server.implementation()));
}

void Session::State::list_tools(Reply reply, const core::RawObject& params) {
    // There is one page, so no cursor of ours exists; an empty one asks for the start.
    if (const auto cursor = params.find("cursor"); cursor && *cursor != "\"\"")
        return reply.error({RpcCode::invalid_params, "Invalid params: unknown cursor", {}});
    reply.result(server.listed_tools(reply.revision()));
}

namespace {

boost::asio::awaitable<void> run_tool(const Tool& tool, CallContext context, core::Json arguments,
                                      Reply reply, std::function<void(Reply)> finish) {
    const auto cancel = context.cancel;
    const auto unwanted = [&] {
        return cancel.cancelled() && cancel.reason() == core::CancelReason::client;
    };
    try {
        const auto result = co_await tool.handler(std::move(context), std::move(arguments));
        if (unwanted())
            reply.suppress();
        else
            reply.tool_result(result);
    } catch (const std::exception& error) {
        spdlog::error("tool {}: {}", tool.name, error.what());
        if (unwanted())
            reply.suppress();
        else
            reply.error(
                {RpcCode::internal_error, std::string("Internal error: ") + error.what(), {}});
    }
    finish(std::move(reply));
}

}  // namespace

void Session::State::call_tool(Reply reply, const core::RawObject& params,
                               const Envelope& envelope) {
    const auto name = core::unquote(params.find("name").value_or(""));
    if (!name)
        return reply.error({RpcCode::invalid_params, "Invalid params: name must be a string", {}});
    const auto* tool = server.find_tool(*name);
    if (tool == nullptr) {
        std::vector<std::string> names;
        for (const auto& known : server.tools())
            names.push_back(known.name);
        const auto near = core::nearest(*name, names);
        return reply.error({RpcCode::invalid_params,
                            "Unknown tool: " + core::excerpt(*name) +
                                (near.empty() ? "" : ". Did you mean " + near + "?"),
                            {}});
    }
    reply.set_tool(*name);
    auto arguments = read_arguments(params);
    if (!arguments) return reply.tool_result(error_result(core::describe(arguments.error())));
    if (calls.size() >= server.limits().in_flight)
        return reply.tool_result(
            error_result(fmt::format("Too many calls at once: the limit is {}. Nothing was done. "
                                     "Wait for one to end and call again.",
                                     server.limits().in_flight)));

    auto context = start_call(reply, envelope);
    auto finish = [self = shared_from_this()](Reply done) { self->end_call(done.id()); };
    boost::asio::co_spawn(server.timers().executor(),
                          run_tool(*tool, std::move(context), std::move(*arguments),
                                   std::move(reply), std::move(finish)),
                          [](const std::exception_ptr&) {});
}

CallContext Session::State::start_call(const Reply& reply, const Envelope& envelope) {
    CallContext context;
    context.client = client;
    context.cancel = calls[reply.id()].token();
    context.progress = [](const Progress&) {};
    if (!envelope.progress_token.empty()) {
        const auto reporter = std::make_shared<ProgressReporter>(
            sender(), std::string(envelope.progress_token), reply.revision(), context.cancel);
        context.progress = [reporter](const Progress& progress) { reporter->report(progress); };
    }
    return context;
}

void Session::State::end_call(const std::string& id) {
    calls.erase(id);
    if (calls.empty()) idle.set();
}

void Session::State::cancel_request(std::string_view params) {
    const auto scanned = core::RawObject::scan(params.empty() ? "{}" : params);
    const auto id = scanned->find("requestId");
    if (!id) return;
    const auto call = calls.find(std::string(*id));
    if (call == calls.end()) return;  // unknown or finished: to be ignored (utilities/cancellation)
    auto source = call->second;
    source.cancel(core::CancelReason::client);
}

}  // namespace blender_mcpd::mcp
