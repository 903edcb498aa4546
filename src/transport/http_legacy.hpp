// A session of a legacy client (2025-11-25 basic/transports): its event streams, which outlive the
// connections that carry them.
#pragma once

#include "http_exchange.hpp"
#include "http_replay.hpp"

#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/mcp/session.hpp>
#include <blender_mcpd/transport/http.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace blender_mcpd::transport::http {

class LegacySession;

/// What belongs to one POST, or to none: then it is the stream that GET opens. The answer to a POST
/// is plain unless something else must be sent before it.
class LegacyStream final : public mcp::Channel, public std::enable_shared_from_this<LegacyStream> {
  public:
    LegacyStream(LegacySession& session, std::uint64_t number);

    /// From now on it goes to this client; to another one no longer.
    void bind(std::shared_ptr<Exchange> exchange);
    /// The same as a stream at once, from the event after this one.
    void resume(std::shared_ptr<Exchange> exchange, std::uint64_t after);
    void open();
    [[nodiscard]] bool connected() const { return exchange_ != nullptr; }
    /// Nothing more will come; `response` is for a client who was not answered yet.
    void close(Response response);

    void send(std::string message) override;
    void respond(std::string message, mcp::Disposition disposition) override;
    void abandon() override;

  private:
    void write(std::string message);
    void finish();

    std::weak_ptr<LegacySession> session_;
    std::uint64_t number_;
    std::uint64_t last_ = 0;              // the number of the last event
    bool opened_ = false;                 // a client knows ids of it
    std::shared_ptr<Exchange> exchange_;  // of the client that is there
};

class LegacySession : public std::enable_shared_from_this<LegacySession> {
  public:
    /// `options` must outlive it.
    LegacySession(core::Timers& timers, mcp::Server& server, const HttpOptions& options);

    [[nodiscard]] const std::string& id() const { return id_; }

    /// A message, with the way to its answer.
    void post(mcp::Incoming message, const std::shared_ptr<Exchange>& exchange);
    /// The event stream for what belongs to no request, or the rest of one that was lost.
    void get(const Request& request, const std::shared_ptr<Exchange>& exchange);

    /// `initialize` was answered with a result; it is answered within post().
    [[nodiscard]] bool established() const { return established_; }
    /// A call runs or a client waits for events.
    [[nodiscard]] bool busy() const;
    [[nodiscard]] core::TimePoint last_used() const { return last_used_; }
    /// Calls back once, when it was not busy for HttpOptions::session_idle.
    void on_idle(std::function<void()> callback);

    /// Calls are cancelled and not answered, streams end.
    void end();
    /// Calls are cancelled and answered; streams end with that.
    void stop(core::CancelReason reason);
    boost::asio::awaitable<void> drained() { return session_.drained(); }

  private:
    friend class LegacyStream;
    void resume(EventId last, const std::shared_ptr<Exchange>& exchange);
    void used();
    void watch_idle();
    [[nodiscard]] bool primes() const { return session_.revision().version >= "2025-11-25"; }

    core::Timers& timers_;
    const HttpOptions& options_;
    std::string id_;
    mcp::Session session_;
    Replay replay_;
    std::map<std::uint64_t, std::shared_ptr<LegacyStream>> streams_;  // those that have not ended
    std::uint64_t last_stream_ = 0;
    bool established_ = false;
    core::TimePoint last_used_;
    core::Timer idle_;
    std::function<void()> on_idle_;
};

}  // namespace blender_mcpd::transport::http
