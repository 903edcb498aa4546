// A Blender that the user started, with an add-on of somebody else's by which our runtime gets in.
// Calls go to the runtime, or to the add-on where that cannot be (docs/link.md). Loop thread only.
#pragma once

#include "carried.hpp"
#include "carrier.hpp"
#include "guest.hpp"
#include "peer.hpp"

#include <blender_mcpd/core/event.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace blender_mcpd::blender {

class Bootstrapped final : public Peer, public std::enable_shared_from_this<Bootstrapped> {
  public:
    /// For each of the add-on's answers. It waits for its turn in Blender.
    static constexpr std::chrono::milliseconds answer_limit{10'000};
    /// Calls go to the add-on for so long after an attempt that has failed.
    static constexpr std::chrono::milliseconds retry_after{30'000};
    /// The same where the runtime is there, and calls reach it through the add-on alone.
    static constexpr std::chrono::milliseconds carried_retry_after{600'000};

    /// Connects to nothing yet. `carrier` listens on `endpoint`, and is closed with this; it is
    /// asked a few times in a Blender's life. The rest is for the connections to the runtime.
    Bootstrapped(core::Timers& timers, core::Metrics& metrics, link::Endpoint endpoint,
                 std::shared_ptr<Carrier> carrier, const link::PoolOptions& pool,
                 const link::ConnectionOptions& connection);

    /// The user's Blender may come back: it is never of no use.
    [[nodiscard]] bool alive() const override { return true; }
    [[nodiscard]] bool is_native() const override { return guest_ != nullptr; }
    [[nodiscard]] std::string name() const override;
    boost::asio::awaitable<core::Result<std::optional<std::uint64_t>>> generation() override;
    [[nodiscard]] std::optional<std::uint64_t> known_generation() override;
    boost::asio::awaitable<std::filesystem::path> project_directory() override;
    boost::asio::awaitable<core::Result<HealthFinding>> check_health(
        std::chrono::milliseconds limit) override;
    /// The loss of a call that only reads, or that has not come and never will, is made good once.
    boost::asio::awaitable<core::Result<link::Reply>> call(link::Request request,
                                                           core::CancelToken cancel,
                                                           link::ProgressHandler progress) override;
    boost::asio::awaitable<core::Json> status() override;
    [[nodiscard]] core::Result<std::filesystem::path> snapshot_folder() const override;
    [[nodiscard]] std::filesystem::path executable() const override;
    void listen(std::optional<std::uint64_t> known, ChangeHandler handler) override;
    void stop_listening() override;
    /// Leaves the runtime where it is, for the next daemon.
    void close() override;

  private:
    /// Null: the add-on must do.
    using Reached = core::Result<std::shared_ptr<Guest>>;
    struct Bootstrap {
        explicit Bootstrap(const boost::asio::any_io_executor& executor) : done(executor) {}
        core::Event done;
        std::optional<Reached> result;
    };
    using Self = std::shared_ptr<Bootstrapped>;

    static boost::asio::awaitable<core::Result<link::Reply>> run_call(
        Self self, link::Request request, core::CancelToken cancel, link::ProgressHandler progress);
    static boost::asio::awaitable<core::Json> ask_status(Self self);
    static boost::asio::awaitable<core::Result<HealthFinding>> ask_health(
        Self self, std::chrono::milliseconds limit);
    static boost::asio::awaitable<Reached> reach(Self self, core::CancelToken cancel);
    static boost::asio::awaitable<void> run_bootstrap(Self self, std::shared_ptr<Bootstrap> now);
    static boost::asio::awaitable<Reached> bootstrap(Self self);
    /// The runtime is there: by its own port, or through the add-on.
    static boost::asio::awaitable<Reached> connect(Self self, Entered entered, std::string token);
    /// Parts that may run in any order, some at a time. The first error ends it.
    struct Upload;
    static boost::asio::awaitable<core::Result<void>> upload(Self self,
                                                             std::vector<std::string> parts);
    static boost::asio::awaitable<void> upload_some(Self self, std::shared_ptr<Upload> upload);
    /// What the add-on printed, and what it said in it.
    static boost::asio::awaitable<core::Result<std::optional<Entered>>> execute(Self self,
                                                                                std::string code,
                                                                                std::string mark);
    /// What the add-on cannot do, the runtime could: its error says why that is not there.
    [[nodiscard]] core::Result<link::Reply> with_note(core::Result<link::Reply> reply) const;
    void lose(const std::shared_ptr<Guest>& guest);
    void forget_carried();
    /// The runtime whose port is reached, whether commands go there or not.
    [[nodiscard]] std::shared_ptr<Guest> reachable() const;
    void listen_to_guest(std::optional<std::uint64_t> known);

    core::Timers& timers_;
    core::Metrics& metrics_;
    link::Endpoint endpoint_;
    link::PoolOptions pool_options_;
    link::ConnectionOptions connection_options_;
    std::shared_ptr<Carrier> carrier_;
    std::shared_ptr<Guest> guest_;      // while it is there
    std::shared_ptr<Carried> carried_;  // while it is there, and commands can only come this way
    std::shared_ptr<Bootstrap> bootstrap_;
    std::string note_;  // why there is none; empty when that is not known
    core::TimePoint retry_at_{};
    ChangeHandler handler_;
    core::CancelSource closing_;
};

}  // namespace blender_mcpd::blender
