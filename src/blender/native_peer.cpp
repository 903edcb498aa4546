#include "native_peer.hpp"

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds status_timeout{800};

// Blender has not said it: its own errors have details.
bool is_overdue(const core::Error& error) {
    return (error.code == core::ErrorCode::timeout || error.code == core::ErrorCode::cancelled) &&
           error.details.empty();
}

// The link says so, and Blender has not said anything.
bool is_silence(const core::Error& error) {
    return error.details.empty() &&
           (error.outcome == core::Outcome::unknown || error.code == core::ErrorCode::connection);
}

link::Pool::Connector connector(core::Timers& timers, const link::Endpoint& endpoint,
                                const std::string& token, const link::ConnectionOptions& options) {
    return [&timers, endpoint, token, options](core::CancelToken cancel) {
        return link::Connection::open(timers, endpoint, token, options, std::move(cancel));
    };
}

}  // namespace

NativePeer::NativePeer(core::Timers& all_timers, core::Metrics& all_metrics, link::Endpoint where,
                       std::string its_token, const link::PoolOptions& pool_options,
                       const link::ConnectionOptions& connection, core::CancelToken all_closing)
    : timers(all_timers),
      metrics(all_metrics),
      native_endpoint(std::move(where)),
      token(std::move(its_token)),
      connection_options(connection),
      closing(std::move(all_closing)),
      pool(timers, metrics, connector(timers, native_endpoint, token, connection), pool_options) {}

asio::awaitable<core::Result<link::Reply>> NativePeer::call(link::Request request,
                                                            core::CancelToken cancel,
                                                            link::ProgressHandler progress) {
    const auto self = shared_from_this();
    if (auto refused = co_await refuse_while_stuck(cancel)) co_return std::move(*refused);
    auto lease = co_await pool.acquire(cancel, request.client);
    if (!lease) co_return co_await without_lease(std::move(request), lease.error());
    // It may have become so while this call waited.
    if (auto refused = co_await refuse_while_stuck(cancel)) co_return std::move(*refused);
    const auto now = timers.now();
    Attempt attempt{request.op, request.uuid, request.mutates, now, now + request.timeout};
    const auto number = note_begin(request);
    auto reply = co_await (*lease)->call(std::move(request), cancel, std::move(progress));
    if (reply) last_generation = reply->generation();
    attempt.overdue = !reply && is_overdue(reply.error());
    if (!reply && (attempt.overdue || is_silence(reply.error())))
        reply = co_await resolve_lost_call(attempt, reply.error(), cancel);
    if (!reply && is_overdue(reply.error()) && !closing.cancelled())
        reply = co_await resolve_silence(attempt, reply.error());
    if (!reply && reply.error().code == core::ErrorCode::cancelled && cancel.cancelled()) {
        auto error = reply.error();
        error.message = std::string(core::to_string(cancel.reason())) + ": " + error.message;
        reply = std::move(error);
    }
    note_end(number, attempt, reply);
    co_return reply;
}

asio::awaitable<core::Result<link::Reply>> NativePeer::without_lease(link::Request request,
                                                                     core::Error error) {
    if (error.code == core::ErrorCode::timeout && alive())
        co_return core::Error{
            .code = core::ErrorCode::busy,
            .message = "Blender is busy with earlier calls: " + error.message,
            .remedy =
                "Wait for them, or cancel the one that runs; get_blender_status says which it is.",
            .details = error.details};
    // Its end closed the pool, or refused the connection.
    const bool lost =
        error.code == core::ErrorCode::connection || error.code == core::ErrorCode::shutting_down;
    if (!lost || alive() || closing.cancelled()) co_return error;
    Attempt attempt{request.op, {}, false};
    core::CancelToken nobody;
    co_return co_await resolve_lost_call(std::move(attempt), std::move(error), nobody);
}

asio::awaitable<core::Result<link::Reply>> NativePeer::resolve_lost_call(Attempt attempt,
                                                                         core::Error loss,
                                                                         core::CancelToken cancel) {
    if (attempt.overdue || loss.outcome == core::Outcome::unknown) {
        auto told = co_await ask_journal(shared_from_this(), attempt, loss, std::move(cancel));
        if (told) co_return std::move(*told);
        co_return gone(attempt);
    }
    if (!is_ours()) co_return loss;
    const bool ended = co_await ends_within(death_notice);
    if (ended) co_return gone(attempt);
    co_return loss;
}

asio::awaitable<core::Json> NativePeer::status() {
    const auto self = shared_from_this();
    core::Json status;
    auto known = facts();
    const auto stats = pool.stats();
    status["pool"] = pool_json(stats);
    const auto reply = co_await control("status", "{}", status_timeout);
    auto told = reply ? core::parse_json(reply->result()) : core::Error{};
    if (told && told->is_object()) {
        note_status(*told);
        status["state"] = told->value("state", "ready");
        told->erase("state");
        known.update(*told);
        // Calls wait there or here; nobody cares where.
        known["queue"] = told->value("queue", std::size_t{0}) + stats.waiting;
        status["message"] = status["state"] == "busy" ? "Blender is working" : "Blender is ready";
    } else if (!is_ours() && !reply && reply.error().code != core::ErrorCode::timeout) {
        co_return core::Json::object();
    } else {
        status["state"] = "busy";
        status["message"] =
            "Blender runs but does not answer just now: it is in a long calculation";
        status["next_step"] = "Wait, or cancel the call that runs.";
    }
    if (stuck) {
        status["state"] = "busy";
        status["message"] = describe(*stuck, timers.now());
        status["next_step"] = "Wait: later calls are refused. " + what_happens_to(*stuck);
        if (!known.contains("running")) known["running"] = {{"op", stuck->attempt.op}};
    }
    status["blender"] = std::move(known);
    co_return status;
}

std::optional<std::uint64_t> NativePeer::known_generation() {
    if (!generation_board || !control_connection) return {};
    // It costs a system call to see whether the connection was closed, and who closes it a moment
    // later is not seen either.
    constexpr std::chrono::milliseconds moment{5};
    const auto now = timers.now();
    if (!seen_usable || now - *seen_usable >= moment) {
        if (!control_connection->usable()) return {};
        seen_usable = now;
    }
    const auto known = generation_board->generation();
    if (known) last_generation = known;
    return known;
}

asio::awaitable<core::Result<std::optional<std::uint64_t>>> NativePeer::generation() {
    const auto self = shared_from_this();
    if (const auto known = known_generation()) co_return known;
    const auto reply = co_await control("ping", "{}", status_timeout);
    if (!reply) co_return reply.error();
    co_return reply->generation();
}

asio::awaitable<std::filesystem::path> NativePeer::project_directory() {
    const auto self = shared_from_this();
    const auto reply = co_await control("status", "{}", status_timeout);
    const auto status = reply ? core::RawObject::scan(reply->result()) : core::Error{};
    if (!status) co_return std::filesystem::path();
    const std::filesystem::path file =
        core::unquote(status->find("file").value_or("")).value_or("");
    co_return file.parent_path();
}

// Control operations are answered beside a running one; who does not answer at all although its
// process lives is too busy to.
asio::awaitable<core::Result<HealthFinding>> NativePeer::check_health(
    std::chrono::milliseconds limit) {
    const auto self = shared_from_this();
    const auto reply = co_await control_over(health_connection, "status", "{}", limit);
    if (stuck) co_return HealthFinding{Health::busy, "Blender does not end " + stuck->attempt.op};
    if (!reply && reply.error().code == core::ErrorCode::timeout && alive())
        co_return HealthFinding{Health::busy, "Blender runs but does not answer just now"};
    if (!reply) {
        auto error = reply.error();
        if (error.message.empty()) error.message = "it gave no reason";
        if (error.code == core::ErrorCode::blender)
            error.message = "Blender error: " + error.message;
        co_return error;
    }
    const auto status = core::parse_json(reply->result());
    if (status && status->is_object()) {
        note_status(*status);
        if (status->value("state", "") == "busy")
            co_return HealthFinding{Health::busy, "Blender is working"};
    }
    co_return HealthFinding{Health::healthy, "Blender connection established"};
}

void NativePeer::listen(std::optional<std::uint64_t> known, ChangeHandler handler) {
    scene_watch = std::make_unique<SceneWatch>(
        timers, metrics, connector(timers, native_endpoint, token, connection_options), known,
        std::move(handler));
}

void NativePeer::close() {
    pool.close();
    stop_listening();
    for (const auto& connection :
         {control_connection, health_connection, stuck ? stuck->connection : nullptr})
        if (connection) connection->close();
}

core::Json pool_json(const link::PoolStats& stats) {
    return {{"total", stats.total},
            {"active", stats.active},
            {"idle", stats.idle},
            {"connecting", stats.connecting},
            {"waiting", stats.waiting}};
}

asio::awaitable<core::Result<link::Reply>> NativePeer::control(std::string op, std::string args,
                                                               std::chrono::milliseconds timeout) {
    return control_over(control_connection, std::move(op), std::move(args), timeout);
}

asio::awaitable<core::Result<link::Reply>> NativePeer::control_over(
    std::shared_ptr<link::Connection>& connection, std::string op, std::string args,
    std::chrono::milliseconds timeout) {
    const auto self = shared_from_this();
    const auto ends = timers.now() + timeout;
    if (!connection || !connection->usable()) {
        auto options = connection_options;
        options.connect_timeout = std::min(options.connect_timeout, timeout);
        core::CancelToken nobody;
        auto opened =
            co_await link::Connection::open(timers, native_endpoint, token, options, nobody);
        if (!opened) co_return opened.error();
        connection = *opened;
        seen_usable.reset();
        generation_board = GenerationBoard::open(connection->peer_hello());
    }
    const auto used = connection;
    const auto left =
        std::max(std::chrono::milliseconds(1),
                 std::chrono::duration_cast<std::chrono::milliseconds>(ends - timers.now()));
    auto reply = co_await used->control(std::move(op), std::move(args), left);
    if (reply) last_generation = reply->generation();
    co_return reply;
}

}  // namespace blender_mcpd::blender
