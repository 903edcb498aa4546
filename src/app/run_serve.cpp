#include "commands.hpp"
#include "daemon.hpp"
#include "metrics_log.hpp"
#include "passed_sockets.hpp"
#include "reload.hpp"
#include "service_manager.hpp"
#include "shared_socket.hpp"
#include "state_folder.hpp"
#include "status_page.hpp"
#include "version.hpp"

#include <blender_mcpd/app/logging.hpp>
#include <blender_mcpd/transport/http.hpp>
#include <blender_mcpd/transport/token_file.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <filesystem>
#include <functional>
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

transport::HttpOptions http_options(const Config& config, std::string token, StatusPage& page) {
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
    options.site = http.status_page ? &page : nullptr;
    return options;
}

asio::awaitable<int> serve(transport::HttpServer& server) {
    co_await server.finished();
    co_return 0;
}

int fail(const core::Error& error) {
    spdlog::error("{}", core::describe(error));
    return 1;
}

/// Where the token is; empty when none is required.
core::Result<std::filesystem::path> token_place(const Config& config) {
    if (!config.http.auth) return std::filesystem::path();
    return token_path(config);
}

core::Result<std::string> load_token(const std::filesystem::path& path) {
    if (path.empty()) return std::string();
    return transport::load_or_create_token(path);
}

void tell_how_to_connect(const Config& config, const transport::HttpServer& server,
                         const std::filesystem::path& token) {
    const auto url = server.url();
    announce(config, fmt::format("listening on {}", url));
    if (const auto page = server.site_url(); !page.empty())
        announce(config, fmt::format("the status page is {}", page));
    const auto add = fmt::format("claude mcp add --transport http blender {}", url);
    if (config.http.auth)
        announce(config,
                 fmt::format("the token is in {}; connect with: {} --header \"Authorization: "
                             "Bearer $(cat '{}')\"",
                             token.string(), add, token.string()));
    else
        spdlog::warn(
            "NO TOKEN IS REQUIRED: every program and every user of this machine can run code in "
            "Blender with your rights. Connect with: {}",
            add);
}

/// What SIGHUP does: all of the new configuration that can change now, or nothing.
class Reloader {
  public:
    Reloader(Daemon& daemon, StatusPage& page, transport::HttpServer& server,
             ServiceManager& manager, ConfigSources sources, Config config)
        : daemon_(daemon),
          page_(page),
          server_(server),
          manager_(manager),
          sources_(std::move(sources)),
          current_(std::move(config)) {}

    [[nodiscard]] std::string status() const {
        const auto page = server_.site_url();
        return fmt::format("Listening on {}{}", server_.url(),
                           page.empty() ? "" : ", status page at " + page);
    }

    void run() {
        manager_.reloading();
        const auto problem = attempt();
        if (problem.empty()) return manager_.ready(status());
        spdlog::error("the configuration was not reloaded, the old one stays in effect: {}",
                      problem);
        manager_.ready(status() + "; the new configuration has errors, see the log");
    }

  private:
    /// What is wrong with the new configuration; empty when it is in effect.
    std::string attempt() {
        const auto wanted = load_config(sources_);
        if (!wanted) return describe(wanted.error());
        const auto next = reload(current_, wanted->values);
        const auto place = token_place(next.config);
        if (!place) return core::describe(place.error());
        auto token = load_token(*place);
        if (!token) return core::describe(token.error());
        // Also when nothing has changed: a file that was moved away is made anew.
        const auto& log = next.config.log;
        if (const auto logs = setup_logging(log.level, log.format, log.file); !logs)
            return core::describe(logs.error());

        server_.change_access(http_options(next.config, std::move(*token), page_));
        daemon_.recent_calls().watch(next.config.http.status_page);
        daemon_.reconfigure(next.config);
        current_ = next.config;
        spdlog::info("the configuration was reloaded; changed: {}",
                     next.changed.empty() ? "nothing" : list_of(next.changed));
        if (!next.waiting.empty())
            spdlog::warn("changed, and in effect after the next start only: {}",
                         list_of(next.waiting));
        return {};
    }

    Daemon& daemon_;
    StatusPage& page_;
    transport::HttpServer& server_;
    ServiceManager& manager_;
    const ConfigSources sources_;
    Config current_;
};

asio::awaitable<void> run_now(std::function<void()> action) {
    action();
    co_return;
}

}  // namespace

int run_serve(const Config& config, const ConfigSources& sources) {
    auto manager = ServiceManager::find(process_environment());
    if (!manager) return fail(manager.error());
    const auto passed = sort_sockets(manager->take_sockets());
    if (!passed) return fail(passed.error());
    const auto token_file = token_place(config);
    if (!token_file) return fail(token_file.error());
    auto token = load_token(*token_file);
    if (!token) return fail(token.error());

    Daemon daemon(config);
    SharedSocket socket(daemon);
    if (const auto listens = socket.start(config, passed->unix); !listens)
        return fail(listens.error());
    StatusPage page(daemon.timers(), daemon.blenders(), daemon.recent_calls(),
                    std::string(version));
    daemon.recent_calls().watch(config.http.status_page);
    auto options = http_options(config, std::move(*token), page);
    options.listening = passed->http;
    options.ready = [&] { return !daemon.shutdown().running(); };
    options.metrics_text = [&] { return daemon.metrics().prometheus_text(); };
    transport::HttpServer server(daemon.timers(), daemon.server(), std::move(options));
    if (const auto started = server.start(); !started) return fail(started.error());
    tell_how_to_connect(config, server, *token_file);

    Reloader reloader(daemon, page, server, *manager, sources, config);
    daemon.on_hangup([&] { reloader.run(); });
    auto& shutdown = daemon.shutdown();
    using enum core::ShutdownPriority;
    const auto service_end = shutdown.add("service-stopping", input,
                                          [&] { return run_now([&] { manager->stopping(); }); });
    const auto input_end = shutdown.add("http-input", input, [&] {
        return run_now([&] { server.stop(core::CancelReason::shutdown); });
    });
    const auto calls_end = shutdown.add("http-calls", calls, [&] { return server.finished(); });
    const auto watchdog_end = shutdown.add(
        "service-watchdog", storage, [&] { return run_now([&] { manager->stop_watchdog(); }); });
    manager->ready(reloader.status());
    manager->start_watchdog(daemon.timers());
    const int code = daemon.run(serve(server));
    log_metrics(daemon.metrics());
    return code;
}

}  // namespace blender_mcpd::app
