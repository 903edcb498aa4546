// Time that passes, and time that is over. Loop thread.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>

namespace blender_mcpd::assets {

/// A token that is cancelled with another one, or when a time is over.
class TimeLimit {
  public:
    TimeLimit(core::Timers& timers, std::string name, core::Duration time,
              const core::CancelToken& outer);
    [[nodiscard]] core::CancelToken token() const { return source_.token(); }
    [[nodiscard]] bool is_over() const { return is_over_; }

  private:
    core::CancelSource source_;
    bool is_over_ = false;
    core::Timer timer_;
    core::CancelRegistration registration_;
};

/// Returns after that time, or when cancelled.
boost::asio::awaitable<void> pause(core::Timers& timers, std::string name, core::Duration time,
                                   core::CancelToken cancel);

}  // namespace blender_mcpd::assets
