#include "attached.hpp"

#include "shared_socket.hpp"
#include "version.hpp"

#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/transport/attach.hpp>
#include <blender_mcpd/transport/proxy.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <unistd.h>

namespace blender_mcpd::app {

namespace asio = boost::asio;

namespace {

// A daemon that works answers in a millisecond. While there is something else to do, one that hangs
// must not hold up a client, which waits for its first answer.
constexpr std::chrono::milliseconds attach_limit{200};
constexpr std::chrono::milliseconds only_choice_limit{10'000};

transport::ProxyOptions proxy_options(const Config& config) {
    transport::ProxyOptions options;
    const auto& calls = config.calls;
    options.file_answer_time =
        std::max({calls.timeout, calls.script_timeout, calls.render_timeout}) +
        std::chrono::minutes(1);
    return options;
}

class AttachedProcess {
  public:
    AttachedProcess(const Config& config, transport::StdioDescriptors descriptors, std::string path)
        : config_(config),
          path_(std::move(path)),
          descriptors_(descriptors),
          timers_(io_.get_executor(), clock_),
          signals_(io_, SIGTERM, SIGINT, SIGHUP) {}

    std::optional<int> run() {
        wait_for_signal();
        asio::co_spawn(io_, work(), [](const std::exception_ptr& failure) {
            if (failure) std::rethrow_exception(failure);
        });
        io_.run();
        return exit_code_;
    }

  private:
    asio::awaitable<void> work() {
        const bool only_choice = config_.mcp.attach == Attach::always;
        const auto limit = only_choice ? only_choice_limit : attach_limit;
        auto daemon = co_await transport::attach(timers_, path_, limit);
        if (!daemon) {
            exit_code_ = without_daemon(daemon.error());
        } else if (!exit_code_) {
            spdlog::info("attached to process {}, blender-mcpd {}{}, on {}: its settings apply",
                         daemon->process, daemon->version.empty() ? "?" : daemon->version,
                         daemon->version == version ? "" : fmt::format(" (this is {})", version),
                         path_);
            proxy_.emplace(timers_, descriptors_, std::move(*daemon), proxy_options(config_));
            const auto end = co_await proxy_->run();
            exit_code_ = end == transport::ProxyEnd::finished ? 0 : 1;
        }
        io_.stop();
    }

    std::optional<int> without_daemon(const core::Error& error) const {
        if (exit_code_) return exit_code_;
        if (config_.mcp.attach == Attach::always) {
            spdlog::error("{}", core::describe(error));
            return 1;
        }
        const bool usual = error.code == core::ErrorCode::not_found;
        spdlog::log(usual ? spdlog::level::debug : spdlog::level::warn, "serving by itself: {}",
                    error.message);
        return std::nullopt;
    }

    void wait_for_signal() {
        signals_.async_wait([this](boost::system::error_code error, int signal) {
            if (error) return;
            if (std::exchange(signalled_, true))
                _exit(128 + signal);  // a second one: the user does not want to wait
            spdlog::info("signal {}: ending the conversation", signal);
            if (proxy_)
                proxy_->stop();
            else
                exit_code_ = 0;
            wait_for_signal();
        });
    }

    const Config& config_;
    std::string path_;
    transport::StdioDescriptors descriptors_;
    asio::io_context io_{1};
    core::SteadyClock clock_;
    core::Timers timers_;
    asio::signal_set signals_;
    std::optional<transport::Proxy> proxy_;
    std::optional<int> exit_code_;
    bool signalled_ = false;
};

}  // namespace

std::optional<int> run_attached(const Config& config, transport::StdioDescriptors descriptors) {
    auto path = socket_path(config, process_environment());
    // The usual case costs one system call.
    std::error_code ignored;
    if (config.mcp.attach == Attach::automatic && !std::filesystem::exists(path, ignored))
        return {};
    return AttachedProcess(config, descriptors, std::move(path)).run();
}

}  // namespace blender_mcpd::app
