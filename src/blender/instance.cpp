#include "instance_impl.hpp"
#include "probe.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <vector>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds end_grace{1'000};

}  // namespace

core::Error cancelled(const core::CancelToken& cancel) {
    return {cancel.reason() == core::CancelReason::shutdown ? core::ErrorCode::shutting_down
                                                            : core::ErrorCode::cancelled,
            std::string(core::to_string(cancel.reason()))};
}

asio::awaitable<Instance::Impl::Found> Instance::Impl::ensure_peer(std::string client,
                                                                   core::CancelToken cancel) {
    if (closing.token().cancelled())
        co_return core::Error{core::ErrorCode::shutting_down, "blender-mcpd is shutting down"};
    if (attached && !is_in_doubt) co_return attached;
    if (running && !running->alive()) {  // seen before watch() does
        dead = std::exchange(running, nullptr);
        note_death(*dead);
    }
    if (auto first = take_news(client)) co_return std::move(*first);
    if (running) co_return running;
    auto mine = start;
    if (!mine)
        if (auto refused = recovery->refusal()) co_return std::move(*refused);
    if (!mine) {
        dead.reset();  // its folder goes with it
        mine = start = std::make_shared<Start>(timers.executor());
        asio::co_spawn(timers.executor(), run_start(mine), asio::detached);
    }
    const bool done = co_await mine->done.wait(cancel);
    if (!done) co_return cancelled(cancel);
    if (auto first = take_news(client)) co_return std::move(*first);
    co_return *mine->result;
}

asio::awaitable<void> Instance::Impl::run_start(std::shared_ptr<Start> start_now) {
    const auto self = shared_from_this();
    auto result = co_await find_or_start();
    last_start_error.reset();
    if (result) {
        health.start();
    } else {
        last_start_error = result.error();
        if (result.error().code != core::ErrorCode::shutting_down)
            spdlog::warn("{}", core::describe(result.error()));
    }
    start_now->result.emplace(std::move(result));
    start.reset();
    start_now->done.set();
}

asio::awaitable<Instance::Impl::Found> Instance::Impl::find_or_start() {
    if (options.native) {
        is_in_doubt = false;  // it proves at every connection who it is
        co_return attached ? attached : attach_native();
    }
    if (attached) co_return co_await look_at_attached_again();
    if (options.detect && options.mode != LaunchMode::always) {
        auto found = co_await find_add_on();
        if (found) co_return std::move(*found);
        co_return co_await start_blender();
    }
    // There is no choice: its calls wait a little for an add-on that is about to listen.
    if (options.dialect && options.mode == LaunchMode::never) co_return attach(*options.dialect);
    if (options.mode != LaunchMode::always) {
        const bool listening = co_await answers(timers, options.listener, probe_timeout);
        if (listening && options.dialect) co_return attach(*options.dialect);
        if (listening)
            co_return core::Error{
                core::ErrorCode::unavailable,
                "Something else listens on " + where() +
                    ", perhaps a Blender add-on, and this version cannot use it",
                "End it, or let blender-mcpd start a Blender of its own whatever listens there: "
                "set blender.launch = "
                "\"always\" (or BLENDER_MCPD_BLENDER_LAUNCH=always) and restart. Add-ons that it "
                "can use are those of blender.dialect."};
        if (options.mode == LaunchMode::never)
            co_return core::Error{
                core::ErrorCode::unavailable,
                "Nothing listens on " + where() + ", and blender.launch is \"never\"",
                "Set blender.launch = \"auto\" to have a headless Blender started."};
    }
    co_return co_await start_blender();
}

asio::awaitable<Instance::Impl::Found> Instance::Impl::start_blender() {
    std::shared_ptr<Running> connected;
    bool is_restored = false;
    while (!is_restored) {  // each turn but the last takes one away of what can be restored
        auto launch_options = options.launch;
        if (recovery->replaces_the_start()) launch_options.blend_file.clear();
        auto blender = co_await launch_tracked(std::move(launch_options), recovery->begin_life(),
                                               closing.token());
        if (!blender) co_return blender.error();
        connected = std::make_shared<Running>(timers, metrics, *blender, options, recovery,
                                              closing.token());
        // The first control call proves that the connection works before anybody relies on it.
        const auto ping =
            co_await connected->control("ping", "{}", options.connection.connect_timeout);
        if (!ping) co_return ping.error();
        is_restored = co_await restore(connected);
        if (closing.token().cancelled()) co_return cancelled(closing.token());
    }
    if (!closing.token().cancelled()) connected->pool.start();
    running = connected;
    metrics.add(blenders_started);
    if (changes.wanted() && !closing.token().cancelled()) listen_to(*connected, std::nullopt);
    asio::co_spawn(timers.executor(), watch(running), asio::detached);
    co_return connected;
}

asio::awaitable<core::Result<Launched>> Instance::Impl::launch_tracked(
    LaunchOptions launch_options, std::optional<core::Json> settings, core::CancelToken cancel) {
    auto blender =
        co_await launch(timers, std::move(launch_options), std::move(settings), std::move(cancel));
    if (blender) {
        std::erase_if(launched, [](const auto& known) { return known.expired(); });
        launched.push_back(*blender);
    }
    co_return blender;
}

asio::awaitable<void> Instance::Impl::watch(std::shared_ptr<Running> watched) {
    const auto self = shared_from_this();
    co_await watched->blender->process->ended().wait();
    watched->close();
    if (running == watched) running.reset();
    if (closing.token().cancelled()) co_return;
    metrics.add(blenders_died);
    note_death(*watched);
    spdlog::warn("Blender (process {}) ended: {}. Its last output: {}",
                 watched->blender->process->pid(), watched->death().how,
                 watched->blender->process->output_tail());
    dead = watched;
}

asio::awaitable<core::Result<link::Reply>> Instance::Impl::call(Operation operation,
                                                                core::CancelToken cancel,
                                                                link::ProgressHandler progress) {
    const auto peer = co_await ensure_peer(operation.client, cancel);
    if (!peer) co_return peer.error();
    const auto ours = running;
    touched |= operation.mutates;
    constexpr std::size_t most_clients = 1'000;
    if (ours && ours->clients.size() < most_clients) ours->clients.insert(operation.client);
    auto reply = co_await (*peer)->call(request(operation), std::move(cancel), std::move(progress));
    const bool is_odd = !reply && (reply.error().code == core::ErrorCode::connection ||
                                   reply.error().code == core::ErrorCode::protocol ||
                                   reply.error().code == core::ErrorCode::timeout);
    if (options.detect && is_odd && *peer == attached && !attached->is_native()) is_in_doubt = true;
    if (ours && !ours->alive() && !closing.token().cancelled()) {
        note_death(*ours);
        // That error tells of the death.
        if (!reply && reply.error().code == core::ErrorCode::connection)
            news.erase(operation.client);
    }
    co_return reply;
}

asio::awaitable<core::Result<link::Reply>> Instance::Impl::run_on_copy(
    Operation operation, LaunchOptions launch_options, core::CancelToken cancel,
    link::ProgressHandler progress) {
    const auto operation_name = operation.name;
    const auto blender = co_await launch_tracked(std::move(launch_options), std::nullopt, cancel);
    if (!blender) co_return blender.error();
    const auto& process = (*blender)->process;
    // Nothing in a throwaway Blender is worth a polite interruption.
    const auto kill = cancel.on_cancel([&](core::CancelReason) { process->signal_group(SIGKILL); });
    const auto connection = co_await link::Connection::open(
        timers, (*blender)->endpoint, (*blender)->token, options.connection, cancel);
    if (!connection) co_return connection.error();
    auto reply = co_await (*connection)->call(request(operation), {}, std::move(progress));
    (*connection)->close();
    if (cancel.cancelled()) co_return cancelled(cancel);
    if (!reply && reply.error().code == core::ErrorCode::connection) {
        const bool ended = co_await process->ends_within(death_notice);
        core::Error error = reply.error();
        error.outcome = core::Outcome::not_applied;
        if (ended)
            error.message = "The second Blender, which ran " + operation_name +
                            " on a copy, ended (" + describe(*process->exit_status()) +
                            "); the scene itself is untouched";
        error.details = core::dump({{"output", process->output_tail()}});
        co_return error;
    }
    co_return reply;
}

Instance::Instance(core::Timers& timers, core::Metrics& metrics, InstanceOptions options)
    : impl_(std::make_shared<Impl>(timers, metrics, std::move(options))) {}

Instance::~Instance() {
    impl_->health.stop();
    impl_->closing.cancel(core::CancelReason::shutdown);
    if (const auto peer = impl_->peer()) peer->stop_listening();
    for (const auto& known : impl_->launched)
        if (const auto blender = known.lock()) blender->process->kill_now();
}

asio::awaitable<core::Result<link::Reply>> Instance::call(Operation operation,
                                                          core::CancelToken cancel,
                                                          link::ProgressHandler progress) {
    const auto impl = impl_;
    co_return co_await impl->call(std::move(operation), std::move(cancel), std::move(progress));
}

asio::awaitable<core::Result<link::Reply>> Instance::call_on_copy(Operation operation,
                                                                  core::CancelToken cancel,
                                                                  link::ProgressHandler progress) {
    const auto impl = impl_;
    // close() ends a copy as its client may.
    core::CancelSource ended;
    const auto end = [&](core::CancelReason reason) { ended.cancel(reason); };
    const auto by_client = cancel.on_cancel(end);
    const auto by_close = impl->closing.token().on_cancel(end);
    cancel = ended.token();

    const auto peer = co_await impl->ensure_peer(operation.client, cancel);
    if (!peer) co_return peer.error();
    const auto folder = (*peer)->snapshot_folder();
    if (!folder) co_return folder.error();
    auto& place = operation.quick ? impl->quick_copy_free : impl->copy_free;
    while (!place.is_set()) {
        const bool mine = co_await place.wait(cancel);
        if (!mine) co_return cancelled(cancel);
    }
    place.reset();
    const std::shared_ptr<void> release(nullptr, [impl, &place](void*) { place.set(); });

    const auto file = *folder / fmt::format("copy-{}.blend", ++impl->copies);
    Operation snapshot{"save_snapshot", core::dump({{"path", file.string()}})};
    snapshot.client = operation.client;
    const auto saved = co_await impl->call(std::move(snapshot), cancel, {});
    if (!saved) co_return saved.error();
    auto launch_options = impl->options.launch;
    launch_options.blend_file = file.string();
    // What it renders goes there as well. A Blender in a sandbox is not asked where.
    auto& sandbox = launch_options.sandbox;
    if (const auto& opened = impl->options.launch.blend_file; !opened.empty())
        sandbox.folders.push_back(std::filesystem::path(opened).parent_path());
    if (impl->attached) {
        sandbox.folders.push_back(co_await (*peer)->project_directory());
        // Its scene was made without one, and may need files from anywhere.
        if (sandbox.mode == SandboxMode::automatic) sandbox.mode = SandboxMode::off;
    }
    // The same Blender as that which saved it, unless its user wants another.
    if (launch_options.executable.empty()) launch_options.executable = (*peer)->executable();
    auto reply = co_await impl->run_on_copy(std::move(operation), std::move(launch_options),
                                            std::move(cancel), std::move(progress));
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    co_return reply;
}

bool Instance::untouched() const {
    return !impl_->attached && !impl_->touched && impl_->options.launch.blend_file.empty();
}

std::string Instance::instance() const {
    const auto peer = impl_->peer();
    return peer ? peer->name() : std::string();
}

std::optional<std::uint64_t> Instance::known_generation() {
    const auto peer = impl_->peer();
    return peer ? peer->known_generation() : std::nullopt;
}

asio::awaitable<core::Result<std::optional<std::uint64_t>>> Instance::generation() {
    const auto peer = impl_->peer();
    if (!peer)
        co_return core::Error{.code = core::ErrorCode::unavailable,
                              .message = "No Blender is running"};
    co_return co_await peer->generation();
}

asio::awaitable<std::filesystem::path> Instance::project_directory() {
    const auto impl = impl_;
    const auto peer = impl->peer();
    if (!peer) co_return std::filesystem::path(impl->options.launch.blend_file).parent_path();
    co_return co_await peer->project_directory();
}

asio::awaitable<std::optional<core::Result<HealthFinding>>> Instance::Impl::check_health(
    std::chrono::milliseconds limit) {
    const auto asked = peer();
    if (!asked) co_return std::nullopt;
    auto found = co_await asked->check_health(limit);
    co_return found;
}

void Instance::stop_health_checks() {
    impl_->health.stop();
}

void Instance::close_connections() {
    const auto impl = impl_;
    impl->closing.cancel(core::CancelReason::shutdown);
    if (const auto running = impl->running) running->close();
    if (const auto attached = impl->attached) attached->close();
}

asio::awaitable<void> Instance::close() {
    const auto impl = impl_;
    stop_health_checks();
    close_connections();
    impl->dead.reset();
    std::vector<Launched> alive;
    for (const auto& known : impl->launched)
        if (auto blender = known.lock()) alive.push_back(std::move(blender));
    for (const auto& blender : alive)
        blender->process->signal_group(SIGTERM);
    for (const auto& blender : alive)
        co_await blender->process->terminate(end_grace);
    // What was about to start was cancelled; it is gone when these say so.
    if (const auto start = impl->start) co_await start->done.wait();
    co_await impl->copy_free.wait();
}

}  // namespace blender_mcpd::blender
