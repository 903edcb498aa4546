// One request of the stateless era (2026-07-28 basic/transports/streamable-http): a session of its
// own, and the end of its connection is its cancellation.
#pragma once

#include "http_exchange.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/mcp/session.hpp>

#include <memory>
#include <string>

namespace blender_mcpd::transport::http {

class StatelessCall final : public mcp::Channel,
                            public std::enable_shared_from_this<StatelessCall> {
  public:
    StatelessCall(mcp::Server& server, std::string client, std::shared_ptr<Exchange> exchange);

    /// `message` is the body of `request`.
    void start(const Request& request, mcp::Incoming message);
    void cancel(core::CancelReason reason) { session_.cancel_all(reason); }
    /// Nothing runs, and nothing more will be sent.
    [[nodiscard]] bool over() const { return ended_.is_set() && session_.in_flight() == 0; }
    /// Returns when it is over.
    boost::asio::awaitable<void> wait();

    void send(std::string message) override;
    void respond(std::string message, mcp::Disposition disposition) override;
    void abandon() override;

  private:
    void open_stream();
    void disconnected();

    std::shared_ptr<Exchange> exchange_;
    mcp::Session session_;
    core::Event ended_;  // answered, or nobody is there to be answered
};

[[nodiscard]] unsigned status_of(mcp::Disposition disposition);

}  // namespace blender_mcpd::transport::http
