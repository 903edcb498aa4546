// The user's Blender: what listens where an add-on would, and how it is used.
#include "addon_commands.hpp"
#include "instance_impl.hpp"
#include "native_carrier.hpp"

#include <blender_mcpd/blender/runtime_files.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

std::shared_ptr<Peer> Instance::Impl::attach_native() {
    const auto& native = *options.native;
    const auto guest = std::make_shared<Guest>(
        timers, metrics, Entered{native.port, native.pid, native.session, native.executable},
        native.token, options.pool, options.connection, closing.token());
    attached = guest;
    if (options.bootstrap && native.runtime != runtime_hash())
        attached = std::make_shared<Bootstrapped>(timers, metrics, guest->native_endpoint,
                                                  std::make_shared<NativeCarrier>(guest),
                                                  options.pool, options.connection);
    if (changes.wanted() && !closing.token().cancelled()) listen_to(*attached, std::nullopt);
    return attached;
}

// While nobody listens, and nothing else is to be had, an add-on may be about to.
asio::awaitable<std::optional<Instance::Impl::Found>> Instance::Impl::find_add_on() {
    constexpr int tries = 3;
    for (int attempt = 1;; ++attempt) {
        const auto found = co_await lookout->look();
        if (closing.token().cancelled()) co_return Found(cancelled(closing.token()));
        if (found.dialect) {
            spdlog::info("on {} is {}", where(), found.description);
            co_return Found(attach(*found.dialect));
        }
        const bool is_only_chance = options.mode == LaunchMode::never;
        if (found.family == link::Family::nothing) {
            if (!is_only_chance) co_return std::nullopt;
            if (attempt == tries)
                co_return Found(core::Error{
                    core::ErrorCode::unavailable,
                    "Nothing listens on " + where() + ", and blender.launch is \"never\"",
                    "Start Blender and its add-on, or set blender.launch = \"auto\" to have a "
                    "headless Blender started."});
            const bool over =
                co_await pause(timers, Attached::first_pause * attempt, closing.token());
            if (!over) co_return Found(cancelled(closing.token()));
            continue;
        }
        if (is_only_chance || link::may_be_blender(found.family))
            co_return Found(not_usable(found));
        spdlog::warn("on {} is {}: a Blender of its own is started", where(), found.description);
        co_return std::nullopt;
    }
}

// The user's Blender may come back: until somebody else is seen in its place, it stays.
asio::awaitable<Instance::Impl::Found> Instance::Impl::look_at_attached_again() {
    const auto found = co_await lookout->look();
    if (closing.token().cancelled()) co_return cancelled(closing.token());
    if (found.dialect) {
        is_in_doubt = false;
        if (found.dialect == attached_dialect) co_return attached;
        spdlog::info("on {} is {} now", where(), found.description);
        attached->close();
        co_return attach(*found.dialect);
    }
    const bool says_nothing =
        found.family == link::Family::silent || found.family == link::Family::nothing ||
        found.family == link::Family::unreachable || found.family == link::Family::closes;
    if (!says_nothing) co_return not_usable(found);
    is_in_doubt = false;
    co_return attached;
}

core::Error Instance::Impl::not_usable(const link::Detected& found) const {
    auto message = found.family == link::Family::unreachable
                       ? fmt::format("{} cannot be reached: {}", where(), found.version)
                       : fmt::format("What listens on {} is {}", where(), found.description);
    return {core::ErrorCode::unavailable, std::move(message), found.remedy};
}

std::string Instance::Impl::where() const {
    return fmt::format("{}:{}", options.listener.host, options.listener.port);
}

std::shared_ptr<Peer> Instance::Impl::attach(link::Dialect dialect) {
    attached_dialect = dialect;
    const bool bootstraps = options.bootstrap && can_bootstrap(dialect);
    auto pool = options.pool;
    if (bootstraps) pool.min = 0;  // the add-on is not needed when the runtime is there
    const auto add_on = std::make_shared<Attached>(timers, metrics, options.listener, dialect, pool,
                                                   options.connection);
    attached = add_on;
    if (bootstraps)
        attached = std::make_shared<Bootstrapped>(timers, metrics, options.listener, add_on,
                                                  options.pool, options.connection);
    if (changes.wanted() && !closing.token().cancelled()) listen_to(*attached, std::nullopt);
    return attached;
}

}  // namespace blender_mcpd::blender
