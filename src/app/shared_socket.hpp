// The Unix socket on which a daemon serves many clients.
#pragma once

#include "daemon.hpp"

#include <blender_mcpd/app/config.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/shutdown.hpp>
#include <blender_mcpd/transport/unix_listener.hpp>

#include <map>
#include <memory>
#include <string>

namespace blender_mcpd::app {

/// socket.path, or its default in this environment.
[[nodiscard]] std::string socket_path(const Config& config,
                                      const std::map<std::string, std::string>& environment);

/// Listens while it lives and the daemon runs. Create it before Daemon::run(), destroy it before
/// the daemon.
class SharedSocket {
  public:
    explicit SharedSocket(Daemon& daemon) : daemon_(daemon) {}

    /// Starts to listen, on `passed` if there is one (see UnixOptions::listening), else unless
    /// socket.enabled is false, and registers with the daemon's shutdown. Errors: those of
    /// UnixListener::open().
    [[nodiscard]] core::Result<void> start(const Config& config, int passed = -1);

  private:
    Daemon& daemon_;
    std::unique_ptr<transport::UnixListener> listener_;
    core::ShutdownRegistry::Registration input_end_;
    core::ShutdownRegistry::Registration calls_end_;
};

}  // namespace blender_mcpd::app
