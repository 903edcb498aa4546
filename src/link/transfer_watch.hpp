// The two limits of something that is arriving: how long it may be silent, and how long it may take
// as a whole. Loop thread only.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/connection.hpp>

#include <functional>

namespace blender_mcpd::link {

class TransferWatch {
  public:
    /// `on_expiry` is told which limit passed, as ErrorCode::timeout; the watch has ended then.
    using OnExpiry = std::function<void(core::Error)>;

    TransferWatch(core::Timers& timers, const ConnectionOptions& options, OnExpiry on_expiry);

    /// Bytes have arrived, and more must follow: the silence begins anew, the whole does not.
    void on_bytes();
    /// It is complete, or given up.
    void stop() { timer_.cancel(); }

  private:
    void expire();

    core::Timers& timers_;
    std::chrono::milliseconds inactivity_timeout_;
    std::chrono::milliseconds transfer_timeout_;
    OnExpiry on_expiry_;
    core::Timer timer_;  // for both: it is due at the earlier one
    core::TimePoint ends_{};
};

}  // namespace blender_mcpd::link
