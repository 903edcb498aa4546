// The inside of a session. Shared with the requests in flight, so that one that ends after the
// session finds a state that sends nothing.
#pragma once

#include "call.hpp"
#include "message.hpp"
#include "outlet.hpp"
#include "reply.hpp"
#include "subscriptions.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/mcp/session.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::mcp {

struct Task;

/// One request while it is looked at. Views point into the message: nothing of it but the reply
/// outlives receive().
struct Exchange {
    Reply reply;
    std::string method;
    std::string_view raw_params;
    core::RawObject params;
    Envelope envelope;
    ClientCapabilities capabilities;
    const MirroredHeaders* headers;  // null: the transport has none

    [[nodiscard]] Revision revision() const { return reply.revision(); }
    /// A string parameter; nullopt when it is missing or none.
    [[nodiscard]] std::optional<std::string> text(std::string_view name) const {
        return core::unquote(params.find(name).value_or(""));
    }
    /// Answers when the client asks for another page. There is one, so no cursor of ours exists; an
    /// empty one asks for the start.
    [[nodiscard]] bool refuse_cursor();
};

struct Session::State : std::enable_shared_from_this<State> {
    State(Server& shared, std::string name, std::string_view how);

    bool receive(Message message, const std::shared_ptr<Outlet>& outlet,
                 const MirroredHeaders* headers);
    bool receive_batch(std::string_view message, const std::shared_ptr<Channel>& channel);
    bool receive_in_batch(std::string_view message, const std::shared_ptr<Outlet>& outlet);

    bool handle(Request request, const std::shared_ptr<Outlet>& outlet,
                const MirroredHeaders* headers);
    void handle(const Notification& notification);
    void handle(const Response& response);
    bool handle(const BadMessage& message, const std::shared_ptr<Outlet>& outlet);
    void dispatch(Exchange exchange);

    // The methods, see dispatch.cpp.
    void list(Exchange exchange, ListMembers members);
    void initialize(Exchange exchange);
    void discover(Exchange exchange);
    void ping(Exchange exchange);
    void set_log_level(Exchange exchange);
    void list_tools(Exchange exchange);
    void list_prompts(Exchange exchange);
    void list_resources(Exchange exchange);
    void list_templates(Exchange exchange);
    void call_tool(Exchange exchange);
    void get_prompt(Exchange exchange);
    void read_resource(Exchange exchange);
    void complete(Exchange exchange);
    void subscribe(Exchange exchange);
    void unsubscribe(Exchange exchange);
    void listen(Exchange exchange);
    void get_task(Exchange exchange);
    void list_tasks(Exchange exchange);
    void task_result(Exchange exchange);
    void update_task(Exchange exchange);
    void cancel_task(Exchange exchange);

    /// Runs a request that takes time: registers it, asks the client what the handler wants to
    /// know, replies.
    void begin(Exchange exchange, Call call);
    /// What to tell the client when no further call fits.
    [[nodiscard]] std::optional<std::string> too_many_calls() const;
    CallContext start_call(Exchange& exchange);
    void end_call(const std::string& id);
    static boost::asio::awaitable<void> perform(std::shared_ptr<State> self, Reply reply, Call call,
                                                CallContext context);
    static boost::asio::awaitable<void> conclude(std::shared_ptr<State> self, Reply reply,
                                                 const Call& call, Step step,
                                                 const CallContext& context);
    void start_task(Reply reply, const Call& call, StartTask work, const CallContext& context);
    static boost::asio::awaitable<void> send_task_result(std::shared_ptr<State> self, Reply reply,
                                                         std::shared_ptr<Task> task,
                                                         CallContext context);

    boost::asio::awaitable<void> ask_for_task(std::shared_ptr<Outlet> outlet,
                                              std::shared_ptr<Task> task, core::CancelToken cancel);

    /// Requests to a legacy client, over the channel of the request that wants to know. Errors:
    /// timeout, cancelled, blender (the client answered with an error).
    boost::asio::awaitable<core::Result<InputResponses>> ask(
        std::shared_ptr<Outlet> outlet, std::map<std::string, InputRequest> requests,
        core::CancelToken cancel);

    void cancel_request(std::string_view params);
    void end(core::CancelReason reason);

    struct Question {
        InputRequest request;
        std::shared_ptr<core::OneShot<core::Result<core::Json>>> answer;
        std::function<void(const core::Error&)> withdraw;  // it and those asked with it
    };
    struct InFlight {
        core::CancelSource source;
        std::shared_ptr<Outlet> outlet;
    };

    Server& server;
    const std::string client;
    const std::string_view transport;
    std::string client_info;          // of the legacy client: a raw JSON object, or empty
    Revision legacy;                  // negotiated by `initialize`
    ClientCapabilities capabilities;  // of the legacy client
    const std::shared_ptr<LogLevel> log_level =
        std::make_shared<LogLevel>(LogLevel::warning);  // of the legacy client
    std::map<std::string, InFlight> calls;              // in flight, by raw id
    std::map<std::string, Question> questions;          // of ours, by raw id
    std::uint64_t questions_asked = 0;
    Subscriptions subscriptions;
    bool closed = false;  // the client is gone: nothing is handled or sent any more
    core::Event idle;
};

}  // namespace blender_mcpd::mcp
