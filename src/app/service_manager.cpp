#include "service_manager.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <utility>

#include <dlfcn.h>
#include <fcntl.h>
#include <systemd/sd-daemon.h>

namespace blender_mcpd::app {

namespace {

constexpr const char* library_name = "libsystemd.so.0";

bool given(const std::map<std::string, std::string>& environment, const char* variable) {
    const auto found = environment.find(variable);
    return found != environment.end() && !found->second.empty();
}

}  // namespace

/// Never unloaded: it lives as long as the daemon does.
struct ServiceManager::Library {
    decltype(&::sd_notify) notify = nullptr;
    decltype(&::sd_watchdog_enabled) watchdog_enabled = nullptr;
    decltype(&::sd_listen_fds) listen_fds = nullptr;

    /// Null when it is not there; dlerror() says why.
    static std::unique_ptr<Library> load() {
        void* const handle = ::dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
        if (handle == nullptr) return nullptr;
        auto library = std::make_unique<Library>();
        const bool whole = find(handle, "sd_notify", library->notify) &&
                           find(handle, "sd_watchdog_enabled", library->watchdog_enabled) &&
                           find(handle, "sd_listen_fds", library->listen_fds);
        if (!whole) library.reset();
        return library;
    }

    template <typename Function>
    static bool find(void* handle, const char* name, Function& function) {
        function = reinterpret_cast<Function>(::dlsym(handle, name));
        return function != nullptr;
    }
};

core::Result<ServiceManager> ServiceManager::find(
    const std::map<std::string, std::string>& environment) {
    const bool sockets = given(environment, "LISTEN_FDS");
    if (!sockets && !given(environment, "NOTIFY_SOCKET")) return ServiceManager(nullptr);
    auto library = Library::load();
    if (library) return ServiceManager(std::move(library));
    const char* const reason = ::dlerror();
    const auto why = core::excerpt(reason == nullptr ? library_name : reason, 300);
    if (sockets)
        return core::Error{
            core::ErrorCode::unavailable,
            "sockets were passed to this process, and libsystemd cannot be loaded: " + why,
            "Install libsystemd0, or start it without a .socket unit"};
    // A container, mostly: NOTIFY_SOCKET is passed on to it, and there is no systemd inside.
    spdlog::warn("the service manager hears nothing of us: {}", why);
    return ServiceManager(nullptr);
}

ServiceManager::ServiceManager(std::unique_ptr<Library> library) : library_(std::move(library)) {}
ServiceManager::~ServiceManager() = default;
ServiceManager::ServiceManager(ServiceManager&& other) noexcept = default;

std::vector<int> ServiceManager::take_sockets() {
    std::vector<int> sockets;
    if (!library_) return sockets;
    constexpr int forget = 1;  // no Blender may take them for its own
    const int count = library_->listen_fds(forget);
    for (int index = 0; index < count; ++index)
        sockets.push_back(SD_LISTEN_FDS_START + index);
    return sockets;
}

void ServiceManager::notify(const std::string& state) {
    if (!library_) return;
    const int result = library_->notify(0, state.c_str());
    if (result < 0) spdlog::debug("the service manager was not told: {}", std::strerror(-result));
}

void ServiceManager::ready(const std::string& status) {
    notify("READY=1\nSTATUS=" + core::excerpt(status, 1'000));
}

void ServiceManager::reloading() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto microseconds = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
    notify(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=Reading the configuration anew",
                       microseconds));
}

void ServiceManager::stopping() {
    notify("STOPPING=1\nSTATUS=Shutting down");
}

void ServiceManager::start_watchdog(core::Timers& timers) {
    std::uint64_t interval = 0;
    if (!library_ || library_->watchdog_enabled(0, &interval) <= 0) return;
    period_ = std::chrono::duration_cast<core::Duration>(std::chrono::microseconds(interval)) / 2;
    watchdog_ = std::make_unique<core::Timer>(timers, "watchdog");
    ping();
}

void ServiceManager::ping() {
    notify("WATCHDOG=1");
    watchdog_->start(period_, [this] { ping(); });
}

void ServiceManager::stop_watchdog() {
    if (watchdog_) watchdog_->cancel();
}

}  // namespace blender_mcpd::app
