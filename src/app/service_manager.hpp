// The service manager that has started us, systemd as a rule, as far as it wants to hear of us:
// sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3). Loop thread only.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::app {

/// Silent when no service manager has started us, or it does not listen: then everything does
/// nothing. `status` is one line for people; `systemctl status` shows it.
class ServiceManager {
  public:
    /// `environment` is that of the process. Only when it names a service manager is libsystemd
    /// loaded: it brings five compression and cryptography libraries, which would cost every start
    /// of every command 0.5 to 0.8 ms of about 3. Errors: unavailable when sockets wait for us and
    /// it cannot be loaded.
    [[nodiscard]] static core::Result<ServiceManager> find(
        const std::map<std::string, std::string>& environment);
    ~ServiceManager();
    ServiceManager(ServiceManager&& other) noexcept;
    ServiceManager& operator=(ServiceManager&&) = delete;

    /// The sockets that listen for us already; the caller's to close. Once: then the variables that
    /// tell of them are gone.
    [[nodiscard]] std::vector<int> take_sockets();

    void ready(const std::string& status);
    void reloading();
    void stopping();

    /// Tells it that the loop turns, twice in each of its watchdog intervals, until
    /// stop_watchdog(). `timers` must outlive it; it must not be moved any more.
    void start_watchdog(core::Timers& timers);
    void stop_watchdog();

  private:
    struct Library;
    explicit ServiceManager(std::unique_ptr<Library> library);
    void notify(const std::string& state);
    void ping();

    std::unique_ptr<Library> library_;  // null: nobody to talk to
    std::unique_ptr<core::Timer> watchdog_;
    core::Duration period_{};
};

}  // namespace blender_mcpd::app
