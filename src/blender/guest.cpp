#include "guest.hpp"

#include "private_folder.hpp"
#include "probe.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/json.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <system_error>
#include <utility>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

Guest::Guest(core::Timers& all_timers, core::Metrics& all_metrics, Entered where_it_is,
             std::string its_token, const link::PoolOptions& pool_options,
             const link::ConnectionOptions& connection, core::CancelToken all_closing)
    : NativePeer(all_timers, all_metrics, {"127.0.0.1", where_it_is.port}, std::move(its_token),
                 pool_options, connection, std::move(all_closing)),
      entered(std::move(where_it_is)) {}

std::string Guest::name() const {
    return fmt::format("blender-{}-{}", entered.pid, entered.session);
}

core::Json Guest::facts() const {
    return {{"pid", entered.pid}, {"executable", entered.executable}};
}

asio::awaitable<bool> Guest::ends_within(std::chrono::milliseconds limit) {
    const auto self = shared_from_this();
    core::Event over(timers.executor());
    core::Timer timer(timers, "guest.wait");
    timer.start(limit, [&] { over.set(); });
    const bool waited = co_await over.wait(closing);
    if (!waited) co_return false;
    if (control_connection && control_connection->usable()) co_return false;
    const bool listening = co_await answers(timers, native_endpoint, probe_timeout);
    co_return !listening;
}

core::Error Guest::gone(const Attempt& attempt) {
    return {core::ErrorCode::connection,
            "The user's Blender ended, or lost blender-mcpd's runtime, as by a script that closes "
            "file descriptors, while it ran " +
                attempt.op,
            "If that Blender is still there, the next call brings the runtime in again. Look at "
            "its scene, and repeat only what is missing.",
            attempt.mutates ? core::Outcome::unknown : core::Outcome::not_applied};
}

std::string Guest::what_happens_to(const Stuck& /*one*/) const {
    return fmt::format(
        "It is its user's Blender (process {}), which blender-mcpd neither ends nor restores. They "
        "can press Esc in its window, which ends a render, or end it: that loses what is not "
        "saved.",
        entered.pid);
}

core::Result<std::filesystem::path> Guest::snapshot_folder() const {
    if (!folder_) {
        auto made = PrivateFolder::create();
        if (!made) return made.error();
        folder_ = *made;
    }
    return folder_->path();
}

std::filesystem::path Guest::executable() const {
    std::error_code error;
    const std::filesystem::path program = entered.executable;
    return program.is_absolute() && std::filesystem::is_regular_file(program, error)
               ? program
               : std::filesystem::path();
}

}  // namespace blender_mcpd::blender
