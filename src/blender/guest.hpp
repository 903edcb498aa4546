// Our runtime in a Blender that somebody else has started. Nothing here ever ends that Blender.
#pragma once

#include "bootstrap.hpp"
#include "native_peer.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace blender_mcpd::blender {

class PrivateFolder;

struct Guest final : NativePeer, std::enable_shared_from_this<Guest> {
    /// Connects to nothing yet.
    Guest(core::Timers& timers, core::Metrics& metrics, Entered entered, std::string token,
          const link::PoolOptions& pool, const link::ConnectionOptions& connection);

    /// What has become of that Blender is seen by who calls it.
    [[nodiscard]] bool alive() const override { return true; }
    [[nodiscard]] std::string name() const override;
    boost::asio::awaitable<core::Result<HealthFinding>> check_health(
        std::chrono::milliseconds limit) override;
    boost::asio::awaitable<core::Result<link::Reply>> call(link::Request request,
                                                           core::CancelToken cancel,
                                                           link::ProgressHandler progress) override;
    /// Empty when it does not answer because it is gone.
    boost::asio::awaitable<core::Json> status() override;
    [[nodiscard]] core::Result<std::filesystem::path> snapshot_folder() const override;
    [[nodiscard]] std::filesystem::path executable() const override;

    Entered entered;

  protected:
    [[nodiscard]] std::shared_ptr<const void> self() const override { return shared_from_this(); }

  private:
    static boost::asio::awaitable<core::Result<link::Reply>> run_call(
        std::shared_ptr<Guest> self, link::Request request, core::CancelToken cancel,
        link::ProgressHandler progress);

    mutable std::shared_ptr<PrivateFolder> folder_;  // made when it is needed
};

}  // namespace blender_mcpd::blender
