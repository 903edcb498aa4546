#include "shared_socket.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <utility>

#include <unistd.h>

namespace blender_mcpd::app {

namespace asio = boost::asio;

namespace {

transport::UnixOptions socket_options(const Config& config) {
    transport::UnixOptions options;
    options.path = socket_path(config, process_environment());
    options.folder =
        config.socket.path.empty() ? transport::SocketFolder::own : transport::SocketFolder::shared;
    options.max_connections = config.socket.max_connections;
    options.lines.max_line_bytes = config.mcp.max_line_bytes;
    return options;
}

asio::awaitable<void> stop(transport::UnixListener& listener) {
    listener.stop(core::CancelReason::shutdown);
    co_return;
}

}  // namespace

std::string socket_path(const Config& config,
                        const std::map<std::string, std::string>& environment) {
    if (!config.socket.path.empty()) return config.socket.path;
    // Relative ones are to be ignored (XDG base directory specification). TMPDIR is not used: the
    // daemon and its clients may have different ones.
    const auto runtime = environment.find("XDG_RUNTIME_DIR");
    const auto folder = runtime != environment.end() && runtime->second.starts_with('/')
                            ? runtime->second + "/blender-mcpd"
                            : "/tmp/blender-mcpd-" + std::to_string(geteuid());
    return folder + "/daemon.sock";
}

core::Result<void> SharedSocket::start(const Config& config, int passed) {
    if (!config.socket.enabled && passed < 0) return {};
    auto options = socket_options(config);
    options.listening = passed;
    auto listener =
        transport::UnixListener::open(daemon_.timers(), daemon_.server(), std::move(options));
    if (!listener) return listener.error();
    listener_ = std::move(*listener);
    auto& shutdown = daemon_.shutdown();
    input_end_ = std::move(*shutdown.add("socket-input", core::ShutdownPriority::input,
                                         [this] { return stop(*listener_); }));
    calls_end_ = std::move(*shutdown.add("socket-calls", core::ShutdownPriority::calls,
                                         [this] { return listener_->finished(); }));
    asio::co_spawn(daemon_.timers().executor(), listener_->run(), asio::detached);
    return {};
}

}  // namespace blender_mcpd::app
