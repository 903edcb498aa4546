// One Blender of ours from ready to death, with the connections to it.
#pragma once

#include "launcher.hpp"
#include "native_peer.hpp"

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

struct Running final : NativePeer, std::enable_shared_from_this<Running> {
    /// `closing` is cancelled when its end is our will.
    Running(core::Timers& timers, core::Metrics& metrics, std::shared_ptr<LaunchedBlender> launched,
            const link::PoolOptions& pool, const link::ConnectionOptions& connection,
            core::CancelToken closing);

    [[nodiscard]] bool alive() const override { return !blender->process->exit_status(); }
    [[nodiscard]] std::string name() const override;
    boost::asio::awaitable<core::Result<HealthFinding>> check_health(
        std::chrono::milliseconds limit) override;
    boost::asio::awaitable<core::Result<link::Reply>> call(link::Request request,
                                                           core::CancelToken cancel,
                                                           link::ProgressHandler progress) override;
    boost::asio::awaitable<core::Json> status() override;
    [[nodiscard]] core::Result<std::filesystem::path> snapshot_folder() const override {
        return blender->folder->path();
    }
    [[nodiscard]] std::filesystem::path executable() const override { return blender->executable; }

    std::shared_ptr<LaunchedBlender> blender;
    core::CancelToken closing;
    bool death_told = false;  // a caller was told how it ended

  protected:
    [[nodiscard]] std::shared_ptr<const void> self() const override { return shared_from_this(); }
};

/// How long after a broken connection the end of the process may be noticed.
inline constexpr std::chrono::milliseconds death_notice{500};

/// After a lost connection: asks Blender's journal what became of the attempt, so that the answer
/// is the result, or an error that says whether it was applied. Never repeats it.
boost::asio::awaitable<core::Result<link::Reply>> resolve_lost_call(
    std::shared_ptr<Running> running, Attempt attempt, core::Error loss);

}  // namespace blender_mcpd::blender
