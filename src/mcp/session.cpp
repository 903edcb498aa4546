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
    State(Server& shared, std::string name)
        : server(shared), client(std::move(name)), idle(shared.timers().executor()) {}

    bool handle(const Request& request, const std::shared_ptr<Outlet>& outlet);
    bool handle(const Notification& notification, const std::shared_ptr<Outlet>& outlet);
    bool handle(const Response& response, const std::shared_ptr<Outlet>&) {
        spdlog::debug("ignored a response to {}", response.id);
        return false;
    }
    bool handle(const BadMessage& message, const std::shared_ptr<Outlet>& outlet);

    void handle_legacy(Reply reply, const core::RawObject& params, const std::string& method,
                       const Envelope& envelope);
    void handle_modern(Reply reply, const core::RawObject& params, const std::string& method,
                       const Envelope& envelope);
    void initialize(Reply reply, const core::RawObject& params);
    void list_tools(Reply reply, const core::RawObject& params);
    void call_tool(Reply reply, const core::RawObject& params, const Envelope& envelope);
    void cancel_request(std::string_view params);

    CallContext start_call(const Reply& reply, const Envelope& envelope);
    void end_call(const std::string& id);

    struct Call {
        core::CancelSource source;
        std::shared_ptr<Outlet> outlet;
    };

    Server& server;
    const std::string client;
    Revision legacy;                    // negotiated by `initialize`
    std::map<std::string, Call> calls;  // in flight, by raw id
    core::Event idle;
};

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

core::Result<core::Json> read_arguments(const core::RawObject& params) {
    const auto raw = params.find("arguments");
    if (!raw) return core::Json::object();
    if (core::json_kind(*raw) != core::JsonKind::object)
        return core::Error{core::ErrorCode::invalid, "arguments must be an object"};
    // Validation says better than the parser which number is too large.
    return core::parse_json(*raw, core::Overflow::infinity);
}

}  // namespace

Session::Session(Server& server, std::string client)
    : state_(std::make_shared<State>(server, std::move(client))) {}

Session::~Session() {
    for (auto& [id, call] : state_->calls)
        call.outlet->shut();
}

bool Session::receive(std::string_view message, std::shared_ptr<Channel> channel) {
    const auto state = state_;
    const auto outlet = std::make_shared<Outlet>(std::move(channel));
    return std::visit([&](const auto& classified) { return state->handle(classified, outlet); },
                      classify(message));
}

void Session::reject_oversized(std::size_t limit, std::shared_ptr<Channel> channel) {
    state_->handle(
        BadMessage{{},
                   {RpcCode::invalid_request,
                    fmt::format("Invalid request: longer than the limit of {} bytes", limit),
                    {}}},
        std::make_shared<Outlet>(std::move(channel)));
}

std::size_t Session::in_flight() const {
    return state_->calls.size();
}

void Session::cancel_all(core::CancelReason reason) {
    // Callbacks may end calls, so go by a copy.
    auto calls = state_->calls;
    for (auto& [id, call] : calls) {
        if (reason == core::CancelReason::closed) call.outlet->shut();
        call.source.cancel(reason);
    }
}

void Session::close(const Channel& channel) {
    auto calls = state_->calls;
    for (auto& [id, call] : calls) {
        if (!call.outlet->leads_to(channel)) continue;
        call.outlet->shut();
        call.source.cancel(core::CancelReason::closed);
    }
}

boost::asio::awaitable<void> Session::drained() {
    const auto state = state_;
    while (!state->calls.empty()) {
        state->idle.reset();
        co_await state->idle.wait();
    }
}

bool Session::State::handle(const BadMessage& message, const std::shared_ptr<Outlet>& outlet) {
    server.metrics().add(errors_sent);
    spdlog::debug("bad message: {}", message.error.message);
    outlet->respond(encode_error(message.id, message.error), Disposition::rejected);
    return true;
}

bool Session::State::handle(const Notification& notification, const std::shared_ptr<Outlet>&) {
    if (notification.method == "notifications/cancelled") cancel_request(notification.params);
    // Everything else (notifications/initialized, unknown ones) needs no action and never an
    // answer.
    return false;
}

bool Session::State::handle(const Request& request, const std::shared_ptr<Outlet>& outlet) {
    server.metrics().add(requests_received);
    const auto params = *core::RawObject::scan(request.params.empty() ? "{}" : request.params);
    const auto envelope = read_envelope(params);
    Reply reply(server, outlet, request.id, request.method, envelope.modern.value_or(legacy));
    if (envelope.error)
        reply.error(*envelope.error, Disposition::rejected);
    else if (calls.contains(request.id))
        reply.error({RpcCode::invalid_request,
                     "Invalid request: a request with this id is still running",
                     {}});
    else if (envelope.modern)
        handle_modern(std::move(reply), params, request.method, envelope);
    else
        handle_legacy(std::move(reply), params, request.method, envelope);
    return true;
}

void Session::State::handle_modern(Reply reply, const core::RawObject& params,
                                   const std::string& method, const Envelope& envelope) {
    if (method == "server/discover") return reply.result(discover_members(server.implementation()));
    if (method == "tools/list") return list_tools(std::move(reply), params);
    if (method == "tools/call") return call_tool(std::move(reply), params, envelope);
    reply.error({RpcCode::method_not_found, "Method not found: " + core::excerpt(method), {}},
                Disposition::not_found);
}

void Session::State::handle_legacy(Reply reply, const core::RawObject& params,
                                   const std::string& method, const Envelope& envelope) {
    if (method == "initialize") return initialize(std::move(reply), params);
    if (method == "ping") return reply.result({});
    if (method == "tools/list") return list_tools(std::move(reply), params);
    if (method == "tools/call") return call_tool(std::move(reply), params, envelope);
    reply.error({RpcCode::method_not_found, "Method not found: " + core::excerpt(method), {}});
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
    const auto& call = calls[reply.id()] = {{}, reply.outlet()};
    context.cancel = call.source.token();
    context.progress = [](const Progress&) {};
    if (!envelope.progress_token.empty()) {
        const auto reporter = std::make_shared<ProgressReporter>(
            reply.outlet(), std::string(envelope.progress_token), reply.revision(), context.cancel);
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
    auto source = call->second.source;
    source.cancel(core::CancelReason::client);
}

}  // namespace blender_mcpd::mcp
