#include "running.hpp"

#include <blender_mcpd/core/json.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds status_timeout{800};

// Blender has not said it: its own errors have details.
bool is_overdue(const core::Error& error) {
    return (error.code == core::ErrorCode::timeout || error.code == core::ErrorCode::cancelled) &&
           error.details.empty();
}

link::Pool::Connector connector(core::Timers& timers, const LaunchedBlender& blender,
                                const link::ConnectionOptions& options) {
    return [&timers, endpoint = blender.endpoint, token = blender.token,
            options](core::CancelToken cancel) {
        return link::Connection::open(timers, endpoint, token, options, std::move(cancel));
    };
}

// The link says so, and Blender has not said anything.
bool is_silence(const core::Error& error) {
    return error.details.empty() &&
           (error.outcome == core::Outcome::unknown || error.code == core::ErrorCode::connection);
}

}  // namespace

Running::Running(core::Timers& all_timers, core::Metrics& all_metrics,
                 std::shared_ptr<LaunchedBlender> launched, const InstanceOptions& options,
                 std::shared_ptr<Recovery> its_recovery, core::CancelToken all_closing)
    : timers(all_timers),
      metrics(all_metrics),
      connection_options(options.connection),
      kill_stuck_after(options.kill_stuck_after),
      blender(std::move(launched)),
      recovery(std::move(its_recovery)),
      closing(std::move(all_closing)),
      pool(timers, metrics, connector(timers, *blender, options.connection), options.pool) {}

asio::awaitable<core::Result<link::Reply>> Running::call(link::Request request,
                                                         core::CancelToken cancel,
                                                         link::ProgressHandler progress) {
    const auto self = shared_from_this();
    if (auto refused = co_await refuse_while_stuck(cancel)) co_return std::move(*refused);
    auto lease = co_await pool.acquire(cancel, request.client);
    if (!lease && lease.error().code == core::ErrorCode::timeout && alive())
        co_return core::Error{
            .code = core::ErrorCode::busy,
            .message = "Blender is busy with earlier calls: " + lease.error().message,
            .remedy =
                "Wait for them, or cancel the one that runs; get_blender_status says which it is.",
            .details = lease.error().details};
    if (!lease) {
        // Its end closed the pool, or refused the connection.
        const auto code = lease.error().code;
        const bool lost =
            code == core::ErrorCode::connection || code == core::ErrorCode::shutting_down;
        if (!lost || alive() || closing.cancelled()) co_return lease.error();
        Attempt attempt{request.op, {}, false};
        co_return co_await resolve_lost_call(self, std::move(attempt), lease.error(), cancel);
    }
    // It may have become so while this call waited.
    if (auto refused = co_await refuse_while_stuck(cancel)) co_return std::move(*refused);
    const auto now = timers.now();
    Attempt attempt{request.op, request.uuid, request.mutates, now, now + request.timeout};
    const auto number = recovery->log.begin(request.op, request.args, now);
    auto reply = co_await (*lease)->call(std::move(request), cancel, std::move(progress));
    if (reply) last_generation = reply->generation();
    attempt.overdue = !reply && is_overdue(reply.error());
    if (!reply && (attempt.overdue || is_silence(reply.error())))
        reply = co_await resolve_lost_call(self, attempt, reply.error(), cancel);
    if (!reply && is_overdue(reply.error()) && !closing.cancelled())
        reply = co_await resolve_silence(attempt, reply.error());
    if (!reply && reply.error().code == core::ErrorCode::cancelled && cancel.cancelled()) {
        auto error = reply.error();
        error.message = std::string(core::to_string(cancel.reason())) + ": " + error.message;
        reply = std::move(error);
    }
    log_end(number, attempt, reply);
    co_return reply;
}

void Running::log_end(std::uint64_t number, const Attempt& attempt,
                      const core::Result<link::Reply>& reply) {
    const auto now = timers.now();
    std::optional<SceneMark> scene;
    if (reply) {
        auto changes = attempt.mutates ? summarize_changes(reply->result()) : std::string();
        const auto generation = reply->generation().value_or(seen_generation);
        if (attempt.mutates && (generation > seen_generation || !changes.empty()))
            scene = {recovery->life(), generation};
        seen_generation = std::max(seen_generation, generation);
        recovery->log.succeeded(number, scene, std::move(changes), now);
        return;
    }
    const auto& error = reply.error();
    const auto about = core::RawObject::scan(error.details);
    const auto details = about ? about->find("details") : std::nullopt;
    auto changes = details ? summarize_changes(*details) : std::string();
    // An error does not say the generation; what has changed something has counted it up.
    if (!changes.empty()) scene = {recovery->life(), ++seen_generation};
    recovery->log.failed(number, std::string(core::to_string(error.code)) + ": " + error.message,
                         scene, std::move(changes), now);
}

const Death& Running::death() {
    if (death_) return *death_;
    const auto& process = *blender->process;
    DeathFacts facts{process.exit_status().value_or(ExitStatus{}),
                     cause_,
                     process.pid(),
                     blender->executable,
                     control_connection ? control_connection->peer_hello() : std::string(),
                     process.output_tail()};
    death_ = recovery->died(facts);
    return *death_;
}

asio::awaitable<core::Json> Running::status() {
    const auto self = shared_from_this();
    core::Json status;
    // What we know without asking Blender.
    core::Json known{{"executable", blender->executable},
                     {"pid", blender->process->pid()},
                     {"background", true}};
    const auto stats = pool.stats();
    status["pool"] = pool_json(stats);
    const auto reply = co_await control("status", "{}", status_timeout);
    auto told = reply ? core::parse_json(reply->result()) : core::Error{};
    if (told && told->is_object()) {
        warn_of_copies(*told);
        status["state"] = told->value("state", "ready");
        told->erase("state");
        known.update(*told);
        // Calls wait there or here; nobody cares where.
        known["queue"] = told->value("queue", std::size_t{0}) + stats.waiting;
        status["message"] = status["state"] == "busy" ? "Blender is working" : "Blender is ready";
    } else {
        status["state"] = "busy";
        status["message"] =
            "Blender runs but does not answer just now: it is in a long calculation";
        status["next_step"] = "Wait, or cancel the call that runs.";
    }
    if (stuck) {
        status["state"] = "busy";
        status["message"] = describe(*stuck, timers.now());
        status["next_step"] = "Wait: later calls are refused until it ends or is killed.";
        if (!known.contains("running")) known["running"] = {{"op", stuck->attempt.op}};
    }
    status["blender"] = std::move(known);
    co_return status;
}

std::string Running::name() const {
    return fmt::format("blender-{}", blender->process->pid());
}

asio::awaitable<core::Result<std::optional<std::uint64_t>>> Running::generation() {
    const auto self = shared_from_this();
    const auto reply = co_await control("ping", "{}", status_timeout);
    if (!reply) co_return reply.error();
    co_return reply->generation();
}

asio::awaitable<std::filesystem::path> Running::project_directory() {
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
asio::awaitable<core::Result<HealthFinding>> Running::check_health(
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
        warn_of_copies(*status);
        if (status->value("state", "") == "busy")
            co_return HealthFinding{Health::busy, "Blender is working"};
    }
    co_return HealthFinding{Health::healthy, "Blender connection established"};
}

void Running::listen(std::optional<std::uint64_t> known, ChangeHandler handler) {
    scene_watch = std::make_unique<SceneWatch>(timers, metrics,
                                               connector(timers, *blender, connection_options),
                                               known, std::move(handler));
}

void Running::close() {
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

asio::awaitable<core::Result<link::Reply>> Running::control(std::string op, std::string args,
                                                            std::chrono::milliseconds timeout) {
    return control_over(control_connection, std::move(op), std::move(args), timeout);
}

asio::awaitable<core::Result<link::Reply>> Running::control_over(
    std::shared_ptr<link::Connection>& connection, std::string op, std::string args,
    std::chrono::milliseconds timeout) {
    const auto self = shared_from_this();
    const auto ends = timers.now() + timeout;
    if (!connection || !connection->usable()) {
        auto options = connection_options;
        options.connect_timeout = std::min(options.connect_timeout, timeout);
        core::CancelToken nobody;
        auto opened = co_await link::Connection::open(timers, blender->endpoint, blender->token,
                                                      options, nobody);
        if (!opened) co_return opened.error();
        connection = *opened;
    }
    const auto used = connection;
    const auto left =
        std::max(std::chrono::milliseconds(1),
                 std::chrono::duration_cast<std::chrono::milliseconds>(ends - timers.now()));
    auto reply = co_await used->control(std::move(op), std::move(args), left);
    if (reply) last_generation = reply->generation();
    co_return reply;
}

std::string advice_after(const Death& death) {
    return "The next call starts a new Blender. Look at its scene before you go on, and repeat "
           "only "
           "what is missing." +
           (death.report.empty() ? "" : " The crash report is " + death.report + ".");
}

namespace {

core::Error died(Running& running, const Attempt& attempt) {
    const auto& death = running.death();
    core::Error error{
        core::ErrorCode::connection,
        "Blender ended (" + death.how + ") while it ran " + attempt.op + ". " + death.lost,
        advice_after(death), attempt.mutates ? core::Outcome::unknown : core::Outcome::not_applied};
    error.details = core::dump(
        {{"output", running.blender->process->output_tail()}, {"crash_report", death.report}});
    return error;
}

}  // namespace

asio::awaitable<core::Result<link::Reply>> resolve_lost_call(std::shared_ptr<Running> running,
                                                             Attempt attempt, core::Error loss,
                                                             core::CancelToken cancel) {
    if (attempt.overdue || loss.outcome == core::Outcome::unknown) {
        auto told = co_await ask_journal(running, attempt, loss, std::move(cancel));
        if (told) co_return std::move(*told);
        co_return died(*running, attempt);
    }
    const bool ended = co_await running->blender->process->ends_within(death_notice);
    if (ended) co_return died(*running, attempt);
    co_return loss;
}

}  // namespace blender_mcpd::blender
