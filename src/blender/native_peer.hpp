// A Blender with our runtime in it, over the native wire: what is the same whoever started it.
#pragma once

#include "peer.hpp"
#include "scene_watch.hpp"

#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/pool.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace blender_mcpd::blender {

struct NativePeer : Peer {
    /// `timers` and `metrics` must outlive it. Connects to nothing yet.
    NativePeer(core::Timers& timers, core::Metrics& metrics, link::Endpoint where,
               std::string token, const link::PoolOptions& pool,
               const link::ConnectionOptions& connection);

    boost::asio::awaitable<core::Result<std::optional<std::uint64_t>>> generation() override;
    boost::asio::awaitable<std::filesystem::path> project_directory() override;

    /// Control operations go over a connection of their own, so that they never wait for a lease.
    /// `timeout` covers connecting and the answer together.
    boost::asio::awaitable<core::Result<link::Reply>> control(std::string op, std::string args,
                                                              std::chrono::milliseconds timeout);

    /// Tells `handler` of changes of the scene until stop_listening() or close(). See SceneWatch.
    void listen(std::optional<std::uint64_t> known, ChangeHandler handler) override;
    void stop_listening() override { scene_watch.reset(); }
    void close() override;

    core::Timers& timers;
    core::Metrics& metrics;
    link::Endpoint native_endpoint;
    std::string token;
    link::ConnectionOptions connection_options;
    link::Pool pool;
    std::shared_ptr<link::Connection> control_connection;
    /// Of its own: an answer that comes too late for somebody else says nothing about a check.
    std::shared_ptr<link::Connection> health_connection;
    /// As Blender's last reply said.
    std::optional<std::uint64_t> last_generation;
    std::unique_ptr<SceneWatch> scene_watch;

  protected:
    /// Keeps it alive while one of its coroutines waits.
    [[nodiscard]] virtual std::shared_ptr<const void> self() const = 0;
    boost::asio::awaitable<core::Result<link::Reply>> control_over(
        std::shared_ptr<link::Connection>& connection, std::string op, std::string args,
        std::chrono::milliseconds timeout);
};

inline constexpr std::chrono::milliseconds status_timeout{800};

/// For Blender::status.
[[nodiscard]] core::Json pool_json(const link::PoolStats& stats);

/// The request as it went out, for what has to be found out after the connection broke.
struct Attempt {
    std::string op;
    std::string uuid;
    bool mutates = false;
};

/// After a lost connection to a Blender that lives: asks its journal what became of the attempt, so
/// that the answer is the result, or an error that says whether it was applied. Never repeats it.
boost::asio::awaitable<core::Result<link::Reply>> ask_journal(std::shared_ptr<NativePeer> peer,
                                                              Attempt attempt, core::Error loss);

}  // namespace blender_mcpd::blender
