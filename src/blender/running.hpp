// One Blender of ours from ready to death, with the connections to it.
#pragma once

#include "launcher.hpp"
#include "native_peer.hpp"
#include "recovery.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace blender_mcpd::blender {

struct Running final : NativePeer {
    /// `closing` is cancelled when its end is our will.
    Running(core::Timers& timers, core::Metrics& metrics, std::shared_ptr<LaunchedBlender> launched,
            const InstanceOptions& options, std::shared_ptr<Recovery> recovery,
            core::CancelToken closing);

    [[nodiscard]] bool alive() const override { return !blender->process->exit_status(); }
    [[nodiscard]] std::string name() const override;
    [[nodiscard]] core::Result<std::filesystem::path> snapshot_folder() const override {
        return blender->folder->path();
    }
    [[nodiscard]] std::filesystem::path executable() const override { return blender->executable; }
    [[nodiscard]] bool is_ours() const override { return true; }
    boost::asio::awaitable<bool> ends_within(std::chrono::milliseconds limit) override {
        return blender->process->ends_within(limit);
    }

    /// How it has ended; it must have. Plans how the next one is restored, once.
    const Death& death();

    std::chrono::milliseconds kill_stuck_after;
    std::shared_ptr<LaunchedBlender> blender;
    std::shared_ptr<Recovery> recovery;
    std::uint64_t seen_generation = 0;  // the highest; what is not above it has changed nothing
    std::set<std::string> clients;      // who has called it
    bool death_noted = false;           // those clients will be told

  protected:
    [[nodiscard]] core::Json facts() const override;
    core::Error gone(const Attempt& attempt) override;
    [[nodiscard]] std::optional<core::Duration> until_killed(const Stuck& of) const override;
    void kill(const Stuck& on) override;
    [[nodiscard]] std::string what_happens_to(const Stuck& one) const override;
    /// Warns of recovery copies that cannot be made.
    void note_status(const core::Json& status) override;
    std::uint64_t note_begin(const link::Request& request) override;
    void note_end(std::uint64_t number, const Attempt& attempt,
                  const core::Result<link::Reply>& reply) override;

  private:
    std::optional<Death> death_;
    std::string cause_;           // of a death that is our doing
    bool copies_failed_ = false;  // and the log has said so
};

/// For who is told of a death.
[[nodiscard]] std::string advice_after(const Death& death);

}  // namespace blender_mcpd::blender
