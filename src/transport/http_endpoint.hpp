// The MCP endpoint: finds for each request the era and the session that it belongs to, and owns
// both. Loop thread only.
#pragma once

#include "http_exchange.hpp"
#include "http_legacy.hpp"
#include "http_stateless.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/transport/http.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>

namespace blender_mcpd::transport::http {

class Endpoint : public std::enable_shared_from_this<Endpoint> {
  public:
    /// All must outlive it.
    Endpoint(core::Timers& timers, mcp::Server& server, const HttpOptions& options);

    /// Answers a whole request that refuse() lets through, now or later. `client` names the one who
    /// asks, for the stateless era.
    void handle(const Request& request, mcp::Incoming message,
                const std::shared_ptr<Exchange>& exchange, const std::string& client);

    /// Calls are cancelled and answered, streams end.
    void stop(core::CancelReason reason);
    /// Closes all without answers.
    void close();
    /// Returns when no call is in flight.
    boost::asio::awaitable<void> drained();

  private:
    void post(const Request& request, mcp::Incoming message,
              const std::shared_ptr<Exchange>& exchange, const std::string& client);
    void initialize(mcp::Incoming message, const std::shared_ptr<Exchange>& exchange);
    void start_stateless(const Request& request, mcp::Incoming message,
                         const std::shared_ptr<Exchange>& exchange, const std::string& client);
    [[nodiscard]] std::shared_ptr<LegacySession> find_session(
        const Request& request, const std::shared_ptr<Exchange>& exchange);
    [[nodiscard]] bool make_room();
    void end_session(std::shared_ptr<LegacySession> session);
    void count_sessions();
    static boost::asio::awaitable<void> outlive(std::shared_ptr<Endpoint> self,
                                                std::shared_ptr<StatelessCall> call);
    static boost::asio::awaitable<void> outlive(std::shared_ptr<Endpoint> self,
                                                std::shared_ptr<LegacySession> session);

    core::Timers& timers_;
    mcp::Server& server_;
    const HttpOptions& options_;
    std::map<std::string, std::shared_ptr<LegacySession>, std::less<>> sessions_;
    std::set<std::shared_ptr<LegacySession>> ending_;  // their last calls still run
    std::set<std::shared_ptr<StatelessCall>> calls_;
    core::Event changed_;  // one of the last two sets has become smaller
    bool stopped_ = false;
};

}  // namespace blender_mcpd::transport::http
