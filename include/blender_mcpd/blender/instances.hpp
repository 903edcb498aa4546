// All Blenders of a daemon: the one of the configuration, those that were started besides it, and
// those of the user in which blender-mcpd's add-on runs. Loop thread only.
#pragma once

#include <blender_mcpd/blender/blenders.hpp>
#include <blender_mcpd/blender/instance.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace blender_mcpd::blender {

/// The one of the configuration: it is always there, whether a Blender runs or not.
inline constexpr std::string_view main_instance = "main";

struct InstancesOptions {
    InstanceOptions main;
    std::filesystem::path descriptors;  // the folder in which add-ons tell of theirs
    std::size_t most_started = 8;       // besides main
};

/// Calls go to main, unless the client uses another one. While nothing was changed there, the
/// user's Blender with the add-on, if there is one, takes its place by itself; which one it is then
/// stays so for as long as that Blender lives.
class Instances final : public Blenders {
  public:
    /// `timers` and `metrics` must outlive it. Starts nothing.
    Instances(core::Timers& timers, core::Metrics& metrics, InstancesOptions options);
    /// Kills what still runs.
    ~Instances() override;
    Instances(const Instances&) = delete;
    Instances& operator=(const Instances&) = delete;

    core::Result<std::shared_ptr<Blender>> find(std::string_view name,
                                                const std::string& client) override;
    std::optional<core::Error> take_news(const std::string& client) override;
    [[nodiscard]] core::Json overview(const std::string& client) override;
    boost::asio::awaitable<core::Json> list(std::string client) override;
    boost::asio::awaitable<core::Result<std::string>> start(StartRequest request,
                                                            core::CancelToken cancel) override;
    boost::asio::awaitable<core::Result<void>> stop(std::string name,
                                                    bool discard_changes) override;
    core::Result<void> use(std::string_view name, const std::string& client) override;
    [[nodiscard]] ChangeSubscription on_change(ChangeHandler handler) override;

    /// See Instance: for all of them, at the same time.
    void stop_health_checks();
    void close_connections();
    boost::asio::awaitable<void> close();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace blender_mcpd::blender
