#include "attached.hpp"

#include "addon_commands.hpp"
#include "native_peer.hpp"
#include "probe.hpp"

#include <blender_mcpd/core/event.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

namespace {

link::Pool::Connector connector(core::Timers& timers, const link::Endpoint& endpoint,
                                link::Dialect dialect, const link::ConnectionOptions& options) {
    return [&timers, endpoint, dialect, options](core::CancelToken cancel) {
        return link::open_plain(timers, endpoint, dialect, options, std::move(cancel));
    };
}

/// The Lab's add-on closes each connection after its reply, and answers one that is idle with an
/// error after 10 s. It serves all that are there at each of its ticks.
link::PoolOptions fitting(link::PoolOptions pool, link::Dialect dialect) {
    if (dialect != link::Dialect::lab) return pool;
    constexpr std::size_t its_backlog = 5;
    pool.min = 0;
    pool.max = std::clamp(pool.max, its_backlog - 1, its_backlog);
    return pool;
}

}  // namespace

asio::awaitable<bool> pause(core::Timers& timers, core::Duration time, core::CancelToken cancel) {
    core::Event over(timers.executor());
    core::Timer timer(timers, "attached.reconnect");
    timer.start(time, [&] { over.set(); });
    co_return co_await over.wait(std::move(cancel));
}

Attached::Attached(core::Timers& timers, core::Metrics& metrics, link::Endpoint endpoint,
                   link::Dialect dialect, const link::PoolOptions& pool,
                   const link::ConnectionOptions& connection)
    : timers_(timers),
      endpoint_(std::move(endpoint)),
      dialect_(dialect),
      pool_options_(fitting(pool, dialect)),
      pool_(timers, metrics, connector(timers, endpoint_, dialect, connection), pool_options_) {}

asio::awaitable<core::Result<link::Reply>> Attached::call(link::Request request,
                                                          core::CancelToken cancel,
                                                          link::ProgressHandler progress) {
    return run_call(shared_from_this(), std::move(request), std::move(cancel), std::move(progress));
}

asio::awaitable<core::Result<link::Reply>> Attached::run_call(std::shared_ptr<Attached> self,
                                                              link::Request request,
                                                              core::CancelToken cancel,
                                                              link::ProgressHandler progress) {
    const auto op = request.op;
    auto command = addon_request(self->dialect_, std::move(request));
    if (!command) co_return command.error();
    auto reply = co_await run_command(self, std::move(*command), cancel, std::move(progress));
    if (!reply) co_return reply;
    co_return addon_reply(self->dialect_, op, std::move(*reply));
}

asio::awaitable<core::Result<std::string>> Attached::execute(std::string code,
                                                             std::chrono::milliseconds limit,
                                                             core::CancelToken cancel) {
    return run_execute(shared_from_this(), python_request(dialect_, code, limit),
                       std::move(cancel));
}

asio::awaitable<core::Result<std::string>> Attached::run_execute(std::shared_ptr<Attached> self,
                                                                 link::Request command,
                                                                 core::CancelToken cancel) {
    const auto reply = co_await run_command(self, std::move(command), std::move(cancel), {});
    if (!reply) co_return reply.error();
    co_return printed_in(self->dialect_, reply->result());
}

std::size_t Attached::max_code_bytes() const {
    // In a Blender with windows the Lab's add-on reads 4,096 bytes of a request at each tick.
    constexpr std::size_t one_tick = 3'900;
    return dialect_ == link::Dialect::lab ? one_tick : link::max_plain_request_bytes / 2;
}

std::size_t Attached::calls_at_once() const {
    return pool_options_.max;
}

asio::awaitable<core::Result<link::Reply>> Attached::run_command(std::shared_ptr<Attached> self,
                                                                 link::Request command,
                                                                 core::CancelToken cancel,
                                                                 link::ProgressHandler progress) {
    self->pool_.start();
    // close() ends a call as its client may.
    core::CancelSource ended;
    const auto end = [&](core::CancelReason reason) { ended.cancel(reason); };
    const auto by_client = cancel.on_cancel(end);
    const auto by_close = self->closing_.token().on_cancel(end);

    auto lease = co_await self->acquire(ended.token(), command.client);
    if (!lease) co_return lease.error();
    co_return co_await (*lease)->call(std::move(command), ended.token(), std::move(progress));
}

// Only what has not been sent is tried again: the connect, and a connection that was closed or
// spoiled before the request.
asio::awaitable<core::Result<link::Pool::Lease>> Attached::acquire(core::CancelToken cancel,
                                                                   std::string client) {
    core::Duration next_pause = first_pause;
    for (int tries = 1;; ++tries) {
        auto lease = co_await pool_.acquire(cancel, client);
        const bool last = tries == connect_tries;
        if (lease && (last || (*lease)->usable())) co_return lease;
        if (lease) continue;
        if (lease.error().code == core::ErrorCode::timeout && pool_.stats().active > 0)
            co_return core::Error{
                .code = core::ErrorCode::busy,
                .message = "Blender is busy with earlier calls: " + lease.error().message,
                .remedy = "Wait for them, or cancel the one that runs.",
                .details = lease.error().details};
        if (last || lease.error().code != core::ErrorCode::connection) co_return lease;
        const bool over =
            co_await pause(timers_, std::exchange(next_pause, 2 * next_pause), cancel);
        if (!over)
            co_return core::Error{cancel.reason() == core::CancelReason::shutdown
                                      ? core::ErrorCode::shutting_down
                                      : core::ErrorCode::cancelled,
                                  std::string(core::to_string(cancel.reason()))};
    }
}

std::string Attached::name() const {
    return fmt::format("{}:{}", endpoint_.host, endpoint_.port);
}

asio::awaitable<core::Result<std::optional<std::uint64_t>>> Attached::generation() {
    co_return std::optional<std::uint64_t>();
}

asio::awaitable<std::filesystem::path> Attached::project_directory() {
    co_return std::filesystem::path();
}

// Such an add-on has nothing to ask that would not take its turn: whether it listens must do.
asio::awaitable<core::Result<HealthFinding>> Attached::check_health(
    std::chrono::milliseconds limit) {
    const auto self = shared_from_this();
    if (pool_.stats().active > 0) co_return HealthFinding{Health::busy, "Blender is working"};
    if (pool_.stats().idle > 0)
        co_return HealthFinding{Health::healthy, "Blender connection established"};
    const bool there = co_await answers(timers_, endpoint_, limit);
    if (there) co_return HealthFinding{Health::healthy, "Blender connection established"};
    co_return core::Error{core::ErrorCode::connection, "Nothing listens on " + name()};
}

asio::awaitable<core::Json> Attached::status() {
    return ask_status(shared_from_this());
}

asio::awaitable<core::Json> Attached::ask_status(std::shared_ptr<Attached> self) {
    const auto stats = self->pool_.stats();
    core::Json status;
    status["pool"] = pool_json(stats);
    status["endpoint"] = {{"host", self->endpoint_.host},
                          {"port", self->endpoint_.port},
                          {"dialect", link::to_string(self->dialect_)}};
    bool there = stats.active > 0 || stats.idle > 0;
    if (!there) there = co_await answers(self->timers_, self->endpoint_, probe_timeout);
    status["endpoint"]["listening"] = there;
    if (there) {
        status["state"] = stats.active > 0 ? "busy" : "ready";
        status["message"] = stats.active > 0 ? "Blender is working" : "Blender's add-on listens";
    } else {
        status["state"] = "not_running";
        status["message"] = fmt::format("Nothing listens on {}:{} any more", self->endpoint_.host,
                                        self->endpoint_.port);
        status["next_step"] = "Start Blender and its add-on, then call any tool.";
    }
    co_return status;
}

core::Result<std::filesystem::path> Attached::snapshot_folder() const {
    return core::Error{core::ErrorCode::unavailable,
                       "This cannot be done through the add-on of another Blender",
                       "Let blender-mcpd start a Blender of its own: set blender.launch = "
                       "\"always\" and restart."};
}

void Attached::close() {
    closing_.cancel(core::CancelReason::shutdown);
    pool_.close();
}

}  // namespace blender_mcpd::blender
