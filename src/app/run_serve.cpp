#include "commands.hpp"
#include "daemon.hpp"
#include "metrics_log.hpp"
#include "shared_socket.hpp"
#include "state_folder.hpp"

#include <blender_mcpd/transport/http.hpp>
#include <blender_mcpd/transport/token_file.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <filesystem>
#include <utility>

namespace blender_mcpd::app {

namespace asio = boost::asio;

namespace {

// Whatever the log's level and destination: who starts a server must learn where it is.
void announce(const Config& config, const std::string& line) {
    spdlog::info("{}", line);
    if (!config.log.file.empty() || !spdlog::should_log(spdlog::level::info))
        fmt::print(stderr, "{}\n", line);
}

core::Result<std::filesystem::path> token_path(const Config& config) {
    if (!config.http.token_file.empty()) return std::filesystem::path(config.http.token_file);
    const auto folder = state_folder(process_environment());
    if (!folder)
        return core::Error{core::ErrorCode::invalid, "there is no place for the token file",
                           "Name one with --token-file, or set HOME"};
    return *folder / "token";
}

transport::HttpOptions http_options(const Config& config, std::string token) {
    const auto& http = config.http;
    transport::HttpOptions options;
    options.host = http.host;
    options.port = http.port;
    options.token = std::move(token);
    options.allowed_origins = http.allowed_origins;
    options.allowed_hosts = http.allowed_hosts;
    options.max_connections = http.max_connections;
    options.max_body_bytes = http.max_body_bytes;
    options.max_sessions = http.max_sessions;
    options.session_idle = http.session_idle;
    options.open_metrics = http.open_metrics;
    return options;
}

asio::awaitable<int> serve(transport::HttpServer& server) {
    co_await server.finished();
    co_return 0;
}

asio::awaitable<void> stop(transport::HttpServer& server) {
    server.stop(core::CancelReason::shutdown);
    co_return;
}

int fail(const core::Error& error) {
    spdlog::error("{}", core::describe(error));
    return 1;
}

}  // namespace

int run_serve(const Config& config) {
    std::string token;
    std::filesystem::path path;
    if (config.http.auth) {
        const auto chosen = token_path(config);
        if (!chosen) return fail(chosen.error());
        path = *chosen;
        auto loaded = transport::load_or_create_token(path);
        if (!loaded) return fail(loaded.error());
        token = std::move(*loaded);
    }

    Daemon daemon(config);
    SharedSocket socket(daemon);
    if (const auto listens = socket.start(config); !listens) return fail(listens.error());
    auto options = http_options(config, std::move(token));
    options.ready = [&] { return !daemon.shutdown().running(); };
    options.metrics_text = [&] { return daemon.metrics().prometheus_text(); };
    transport::HttpServer server(daemon.timers(), daemon.server(), std::move(options));
    const auto started = server.start();
    if (!started) return fail(started.error());

    announce(config, fmt::format("listening on {}", server.url()));
    const auto add = fmt::format("claude mcp add --transport http blender {}", server.url());
    if (config.http.auth)
        announce(config,
                 fmt::format("the token is in {}; connect with: {} --header \"Authorization: "
                             "Bearer $(cat '{}')\"",
                             path.string(), add, path.string()));
    else
        spdlog::warn(
            "NO TOKEN IS REQUIRED: every program and every user of this machine can run code in "
            "Blender with your rights. Connect with: {}",
            add);

    auto& shutdown = daemon.shutdown();
    const auto input_end =
        shutdown.add("http-input", core::ShutdownPriority::input, [&] { return stop(server); });
    const auto calls_end = shutdown.add("http-calls", core::ShutdownPriority::calls,
                                        [&] { return server.finished(); });
    const int code = daemon.run(serve(server));
    log_metrics(daemon.metrics());
    return code;
}

}  // namespace blender_mcpd::app
