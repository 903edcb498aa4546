#include "http_endpoint.hpp"

#include "http_access.hpp"

#include <blender_mcpd/core/json.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace blender_mcpd::transport::http {

namespace asio = boost::asio;

Endpoint::Endpoint(core::Timers& timers, mcp::Server& server, const HttpOptions& options)
    : timers_(timers), server_(server), options_(options), changed_(timers.executor()) {}

void Endpoint::handle(const Request& request, mcp::Incoming message,
                      const std::shared_ptr<Exchange>& exchange, const std::string& client) {
    if (stopped_)
        return exchange->respond(refusal(503, "shutdown", "blender-mcpd is shutting down"));
    if (request.method == "POST") return post(request, std::move(message), exchange, client);
    const auto session = find_session(request, exchange);
    if (!session) return;
    if (request.method == "GET") return session->get(request, exchange);
    end_session(session);
    Response done;
    done.status = 204;
    exchange->respond(std::move(done));
}

void Endpoint::post(const Request& request, mcp::Incoming message,
                    const std::shared_ptr<Exchange>& exchange, const std::string& client) {
    const auto& preview = message.preview();
    // What is no message belongs to nobody; it is answered as such, whoever sends it.
    const bool garbage = !request.header("mcp-session-id") && !preview.object;
    if (!claims_modern(request) && preview.initialize && !preview.modern)
        return initialize(std::move(message), exchange);
    if (claims_modern(request) || preview.modern || garbage)
        return start_stateless(request, std::move(message), exchange, client);
    if (const auto session = find_session(request, exchange))
        session->post(std::move(message), exchange);
}

void Endpoint::start_stateless(const Request& request, mcp::Incoming message,
                               const std::shared_ptr<Exchange>& exchange,
                               const std::string& client) {
    const auto call = std::make_shared<StatelessCall>(server_, client, exchange);
    call->start(request, std::move(message));
    if (call->over()) return;
    calls_.insert(call);
    asio::co_spawn(timers_.executor(), outlive(shared_from_this(), call), asio::detached);
}

void Endpoint::initialize(mcp::Incoming message, const std::shared_ptr<Exchange>& exchange) {
    if (!make_room()) {
        auto response = refusal(503, "sessions", "Too many sessions are in use; try again later");
        response.headers.push_back({"Retry-After", "10"});
        return exchange->respond(std::move(response));
    }
    const auto session = std::make_shared<LegacySession>(timers_, server_, options_);
    session->post(std::move(message), exchange);
    if (!session->established()) return;
    sessions_[session->id()] = session;
    session->on_idle([this, raw = session.get()] {
        spdlog::debug("an HTTP session was idle for too long");
        end_session(raw->shared_from_this());
    });
    count_sessions();
}

std::shared_ptr<LegacySession> Endpoint::find_session(const Request& request,
                                                      const std::shared_ptr<Exchange>& exchange) {
    const auto fail = [&](unsigned status, std::string_view why, std::string_view message) {
        exchange->respond(refusal(status, why, message));
        return nullptr;
    };
    const auto id = request.header("mcp-session-id");
    if (!id) return fail(400, "session", "Mcp-Session-Id is missing; initialize first");
    const auto found = sessions_.find(*id);
    if (found == sessions_.end())
        return fail(404, "session", "There is no such session; initialize again");
    const auto version = request.header("mcp-protocol-version");
    if (version && std::ranges::count(mcp::legacy_versions, *version) == 0)
        return fail(400, "version", "This MCP-Protocol-Version is not supported");
    return found->second;
}

bool Endpoint::make_room() {
    if (sessions_.size() < options_.max_sessions) return true;
    std::shared_ptr<LegacySession> oldest;
    for (const auto& [id, session] : sessions_)
        if (!session->busy() && (!oldest || session->last_used() < oldest->last_used()))
            oldest = session;
    if (!oldest) return false;
    end_session(oldest);
    return true;
}

void Endpoint::end_session(std::shared_ptr<LegacySession> session) {
    sessions_.erase(session->id());
    count_sessions();
    session->end();
    ending_.insert(session);
    asio::co_spawn(timers_.executor(), outlive(shared_from_this(), std::move(session)),
                   asio::detached);
}

void Endpoint::count_sessions() {
    server_.metrics().set(http_sessions, static_cast<std::int64_t>(sessions_.size()));
}

asio::awaitable<void> Endpoint::outlive(std::shared_ptr<Endpoint> self,
                                        std::shared_ptr<StatelessCall> call) {
    co_await call->wait();
    self->calls_.erase(call);
    self->changed_.set();
}

asio::awaitable<void> Endpoint::outlive(std::shared_ptr<Endpoint> self,
                                        std::shared_ptr<LegacySession> session) {
    co_await session->drained();
    self->ending_.erase(session);
    self->changed_.set();
}

void Endpoint::stop(core::CancelReason reason) {
    stopped_ = true;
    // Answers end calls, so go by copies.
    for (const auto& call : std::set(calls_))
        call->cancel(reason);
    for (const auto& [id, session] : std::map(sessions_))
        session->stop(reason);
}

void Endpoint::close() {
    stopped_ = true;
    for (const auto& call : std::set(calls_))
        call->cancel(core::CancelReason::closed);
    for (const auto& [id, session] : std::exchange(sessions_, {}))
        session->end();
    count_sessions();
}

asio::awaitable<void> Endpoint::drained() {
    while (!calls_.empty() || !ending_.empty()) {
        changed_.reset();
        co_await changed_.wait();
    }
    const std::map sessions(sessions_);
    for (const auto& [id, session] : sessions)
        co_await session->drained();
}

}  // namespace blender_mcpd::transport::http
