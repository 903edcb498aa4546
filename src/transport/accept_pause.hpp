// What a listener does when the system gives it no connection: it waits, because the connection
// stays in the queue and accepting at once would fail again, and again. Loop thread only.
#pragma once

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <string>

namespace blender_mcpd::transport {

class AcceptPause {
  public:
    /// `timers` must outlive it. `place` is where it listens, for the log.
    AcceptPause(core::Timers& timers, std::chrono::milliseconds time, std::string place);

    /// Waits; logs the first of several failures in a row.
    boost::asio::awaitable<void> wait(boost::system::error_code error);
    /// There was a connection.
    void succeeded() { told_ = false; }
    /// Ends wait(), also a later one.
    void end();

  private:
    std::chrono::milliseconds time_;
    std::string place_;
    core::Timer limit_;
    core::Event over_;
    bool told_ = false;
    bool ended_ = false;
};

}  // namespace blender_mcpd::transport
