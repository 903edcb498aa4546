// The Blender that the daemon owns: started at the first call that needs it, watched, and never
// left behind. Loop thread only.
#pragma once

#include <blender_mcpd/blender/blender.hpp>
#include <blender_mcpd/blender/sandbox.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/plain.hpp>
#include <blender_mcpd/link/pool.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace blender_mcpd::blender {

inline constexpr core::Metric blenders_started{"blender.started", "Blenders that became ready"};
inline constexpr core::Metric blenders_died{"blender.died", "Blenders that ended by themselves"};
inline constexpr core::Metric blenders_killed{"blender.killed_stuck",
                                              "Blenders that were ended because they were stuck"};
inline constexpr core::Metric blenders_restored{"blender.restored",
                                                "Blenders that opened what another one had left"};

enum class LaunchMode {
    automatic,  // start one unless something answers on the configured port
    always,     // start one whatever listens there
    never,      // use what listens there, or nothing
};

struct LaunchOptions {
    std::string executable;       // empty: searched (locate.hpp)
    std::string blend_file;       // empty: the factory scene
    bool factory_startup = true;  // ignore the user's preferences and startup file
    std::chrono::milliseconds start_timeout{60'000};
    std::int64_t memory_limit_mb =
        0;  // address space; 0: as much as the machine has memory, -1: no limit
    SandboxOptions sandbox{};
    bool audit_hook = true;  // scripts are watched by the runtime (docs/security.md)
};

/// What is kept for the time after a Blender of ours has ended by itself (docs/recovery.md).
struct RecoveryOptions {
    bool enabled = true;           // copies; crash reports are kept anyway
    std::filesystem::path folder;  // for both, made when needed; empty: nothing is kept
    std::chrono::milliseconds interval{10'000};  // between two copies; positive
    std::size_t keep = 3;                        // copies; 1 or more
    std::string version;                         // of the daemon, for the reports
};

/// A Blender of the user's in which our runtime listens already, by way of our add-on.
struct NativeListener {
    std::uint16_t port = 0;  // on loopback
    std::string token;
    std::int64_t pid = 0;
    std::string session;  // random
    std::string runtime;  // the hash of its version
    std::string executable;
    bool operator==(const NativeListener&) const = default;
};

struct InstanceOptions {
    LaunchMode mode = LaunchMode::automatic;
    LaunchOptions launch;
    link::Endpoint listener{"127.0.0.1", 9876};  // where an add-on of the user's would listen
    std::optional<NativeListener> native{};      // it is this one; mode and listener do not matter
    bool detect = false;                         // find out what it speaks, and whether it is one
    std::optional<link::Dialect> dialect;        // else what it speaks; nothing: it is not used
    bool bootstrap = true;  // bring our runtime in through an add-on that executes Python
    link::PoolOptions pool;
    link::ConnectionOptions connection;
    std::chrono::milliseconds call_timeout{60'000};
    std::chrono::milliseconds health_interval{30'000};  // 1 ms or more
    /// A Blender of ours that does not end a call so long after its time is killed; negative:
    /// never.
    std::chrono::milliseconds kill_stuck_after{20'000};
    RecoveryOptions recovery;
};

class Instance final : public Blender {
  public:
    /// `timers` and `metrics` must outlive it. Starts nothing.
    Instance(core::Timers& timers, core::Metrics& metrics, InstanceOptions options);
    /// Kills what still runs.
    ~Instance() override;
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    boost::asio::awaitable<core::Result<link::Reply>> call(Operation operation,
                                                           core::CancelToken cancel,
                                                           link::ProgressHandler progress) override;
    boost::asio::awaitable<core::Result<link::Reply>> call_on_copy(
        Operation operation, core::CancelToken cancel, link::ProgressHandler progress) override;
    [[nodiscard]] std::string instance() const override;
    boost::asio::awaitable<core::Result<std::optional<std::uint64_t>>> generation() override;
    [[nodiscard]] std::optional<std::uint64_t> known_generation() override;
    [[nodiscard]] ChangeSubscription on_change(ChangeHandler handler) override;
    boost::asio::awaitable<std::filesystem::path> project_directory() override;
    [[nodiscard]] std::string recent_output() const override;
    boost::asio::awaitable<core::Json> status() override;

    /// Nothing would be lost if calls went to another one: nobody has changed anything in it, and
    /// it is neither the user's nor has it a file of theirs.
    [[nodiscard]] bool untouched() const;

    /// For shutdown, in this order. All are idempotent. No health check begins any more.
    void stop_health_checks();
    /// Calls that wait for a connection, or use one, end. Nobody is told of changes any more.
    void close_connections();
    /// Ends every Blender process: asks, then kills. No new one starts.
    boost::asio::awaitable<void> close();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace blender_mcpd::blender
