// A Blender that the user started, with an add-on that is a plain peer (docs/link.md).
#pragma once

#include "carrier.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/plain.hpp>
#include <blender_mcpd/link/pool.hpp>

#include <chrono>
#include <memory>

namespace blender_mcpd::blender {

/// Before another connect. True when the time has passed, false when it was cancelled.
boost::asio::awaitable<bool> pause(core::Timers& timers, core::Duration time,
                                   core::CancelToken cancel);

class Attached final : public Carrier, public std::enable_shared_from_this<Attached> {
  public:
    /// A connect that fails is tried again after a pause, which doubles.
    static constexpr int connect_tries = 3;
    static constexpr std::chrono::milliseconds first_pause{1'000};

    /// Connects to nothing yet.
    Attached(core::Timers& timers, core::Metrics& metrics, link::Endpoint endpoint,
             link::Dialect dialect, const link::PoolOptions& pool,
             const link::ConnectionOptions& connection);

    /// The user's Blender may come back: it is never of no use.
    [[nodiscard]] bool alive() const override { return true; }
    boost::asio::awaitable<core::Result<std::string>> execute(std::string code,
                                                              std::chrono::milliseconds limit,
                                                              core::CancelToken cancel) override;
    [[nodiscard]] std::size_t max_code_bytes() const override;
    [[nodiscard]] std::size_t calls_at_once() const override;
    [[nodiscard]] std::string_view kind() const override { return link::to_string(dialect_); }
    [[nodiscard]] bool is_native() const override { return false; }
    [[nodiscard]] std::string name() const override;
    boost::asio::awaitable<core::Result<std::optional<std::uint64_t>>> generation() override;
    boost::asio::awaitable<std::filesystem::path> project_directory() override;
    boost::asio::awaitable<core::Result<HealthFinding>> check_health(
        std::chrono::milliseconds limit) override;
    /// Nothing is repeated once a byte of it was sent.
    boost::asio::awaitable<core::Result<link::Reply>> call(link::Request request,
                                                           core::CancelToken cancel,
                                                           link::ProgressHandler progress) override;
    boost::asio::awaitable<core::Json> status() override;
    [[nodiscard]] core::Result<std::filesystem::path> snapshot_folder() const override;
    [[nodiscard]] std::filesystem::path executable() const override { return {}; }
    /// Such add-ons do not tell of changes.
    void listen(std::optional<std::uint64_t> /*known*/, ChangeHandler /*handler*/) override {}
    void stop_listening() override {}
    void close() override;

  private:
    /// Errors are worded, the reply is in the add-on's own words.
    static boost::asio::awaitable<core::Result<link::Reply>> run_command(
        std::shared_ptr<Attached> self, link::Request command, core::CancelToken cancel,
        link::ProgressHandler progress);
    static boost::asio::awaitable<core::Result<link::Reply>> run_call(
        std::shared_ptr<Attached> self, link::Request request, core::CancelToken cancel,
        link::ProgressHandler progress);
    static boost::asio::awaitable<core::Result<std::string>> run_execute(
        std::shared_ptr<Attached> self, link::Request command, core::CancelToken cancel);
    static boost::asio::awaitable<core::Json> ask_status(std::shared_ptr<Attached> self);
    boost::asio::awaitable<core::Result<link::Pool::Lease>> acquire(core::CancelToken cancel,
                                                                    std::string client);

    core::Timers& timers_;
    link::Endpoint endpoint_;
    link::Dialect dialect_;
    link::PoolOptions pool_options_;
    link::Pool pool_;
    core::CancelSource closing_;
};

}  // namespace blender_mcpd::blender
