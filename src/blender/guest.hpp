// Our runtime in a Blender that somebody else has started. Nothing here ever ends that Blender.
#pragma once

#include "bootstrap.hpp"
#include "native_peer.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace blender_mcpd::blender {

class PrivateFolder;

struct Guest final : NativePeer {
    /// Connects to nothing yet. `closing` is cancelled when nobody calls it any more.
    Guest(core::Timers& timers, core::Metrics& metrics, Entered entered, std::string token,
          const link::PoolOptions& pool, const link::ConnectionOptions& connection,
          core::CancelToken closing);

    /// What has become of that Blender is seen by who calls it.
    [[nodiscard]] bool alive() const override { return true; }
    [[nodiscard]] std::string name() const override;
    [[nodiscard]] core::Result<std::filesystem::path> snapshot_folder() const override;
    [[nodiscard]] std::filesystem::path executable() const override;
    [[nodiscard]] bool is_ours() const override { return false; }
    /// Gone is what nobody listens for any more; looked at once, at the end of the limit.
    boost::asio::awaitable<bool> ends_within(std::chrono::milliseconds limit) override;

    Entered entered;

  protected:
    [[nodiscard]] core::Json facts() const override;
    core::Error gone(const Attempt& attempt) override;
    [[nodiscard]] std::optional<core::Duration> until_killed(const Stuck& /*of*/) const override {
        return std::nullopt;
    }
    void kill(const Stuck& /*on*/) override {}
    [[nodiscard]] std::string what_happens_to(const Stuck& one) const override;

  private:
    mutable std::shared_ptr<PrivateFolder> folder_;  // made when it is needed
};

}  // namespace blender_mcpd::blender
