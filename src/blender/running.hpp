// One Blender of ours from ready to death, with the connections to it.
#pragma once

#include "launcher.hpp"
#include "peer.hpp"
#include "scene_watch.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/pool.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace blender_mcpd::blender {

struct Running final : Peer, std::enable_shared_from_this<Running> {
    /// `closing` is cancelled when its end is our will.
    Running(core::Timers& timers, core::Metrics& metrics, std::shared_ptr<LaunchedBlender> launched,
            const link::PoolOptions& pool, const link::ConnectionOptions& connection,
            core::CancelToken closing);

    [[nodiscard]] bool alive() const override { return !blender->process->exit_status(); }
    [[nodiscard]] std::string name() const override;
    boost::asio::awaitable<core::Result<std::optional<std::uint64_t>>> generation() override;
    boost::asio::awaitable<std::filesystem::path> project_directory() override;
    boost::asio::awaitable<core::Result<HealthFinding>> check_health(
        std::chrono::milliseconds limit) override;
    boost::asio::awaitable<core::Result<link::Reply>> call(link::Request request,
                                                           core::CancelToken cancel,
                                                           link::ProgressHandler progress) override;
    boost::asio::awaitable<core::Json> status() override;
    [[nodiscard]] core::Result<std::filesystem::path> snapshot_folder() const override {
        return blender->folder->path();
    }
    void close() override;

    /// Control operations go over a connection of their own, so that they never wait for a lease.
    /// `timeout` covers connecting and the answer together.
    boost::asio::awaitable<core::Result<link::Reply>> control(std::string op, std::string args,
                                                              std::chrono::milliseconds timeout);

    /// Tells `handler` of changes of the scene until stop_listening() or close(). See SceneWatch.
    void listen(std::optional<std::uint64_t> known, ChangeHandler handler);
    void stop_listening() { scene_watch.reset(); }

    core::Timers& timers;
    core::Metrics& metrics;
    link::ConnectionOptions connection_options;
    std::shared_ptr<LaunchedBlender> blender;
    core::CancelToken closing;
    link::Pool pool;
    std::shared_ptr<link::Connection> control_connection;
    /// Of its own: an answer that comes too late for somebody else says nothing about a check.
    std::shared_ptr<link::Connection> health_connection;
    /// As Blender's last reply said.
    std::optional<std::uint64_t> last_generation;
    std::unique_ptr<SceneWatch> scene_watch;
    bool death_told = false;  // a caller was told how it ended

  private:
    boost::asio::awaitable<core::Result<link::Reply>> control_over(
        std::shared_ptr<link::Connection>& connection, std::string op, std::string args,
        std::chrono::milliseconds timeout);
};

/// For Blender::status.
[[nodiscard]] core::Json pool_json(const link::PoolStats& stats);

/// How long after a broken connection the end of the process may be noticed.
inline constexpr std::chrono::milliseconds death_notice{500};

/// The request as it went out, for what has to be found out after the connection broke.
struct Attempt {
    std::string op;
    std::string uuid;
    bool mutates = false;
};

/// After a lost connection: asks Blender's journal what became of the attempt, so that the answer
/// is the result, or an error that says whether it was applied. Never repeats it.
boost::asio::awaitable<core::Result<link::Reply>> resolve_lost_call(
    std::shared_ptr<Running> running, Attempt attempt, core::Error loss);

}  // namespace blender_mcpd::blender
