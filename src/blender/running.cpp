#include "running.hpp"

#include <blender_mcpd/core/json.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

Running::Running(core::Timers& all_timers, core::Metrics& all_metrics,
                 std::shared_ptr<LaunchedBlender> launched, const link::PoolOptions& pool_options,
                 const link::ConnectionOptions& connection, core::CancelToken all_closing)
    : NativePeer(all_timers, all_metrics, launched->endpoint, launched->token, pool_options,
                 connection),
      blender(std::move(launched)),
      closing(std::move(all_closing)) {}

asio::awaitable<core::Result<link::Reply>> Running::call(link::Request request,
                                                         core::CancelToken cancel,
                                                         link::ProgressHandler progress) {
    const auto self = shared_from_this();
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
        co_return co_await resolve_lost_call(self, std::move(attempt), lease.error());
    }
    Attempt attempt{request.op, request.uuid, request.mutates};
    auto reply = co_await (*lease)->call(std::move(request), cancel, std::move(progress));
    if (reply) last_generation = reply->generation();
    if (!reply && reply.error().code == core::ErrorCode::cancelled && cancel.cancelled()) {
        auto error = reply.error();
        error.message = std::string(core::to_string(cancel.reason())) + ": " + error.message;
        co_return error;
    }
    if (reply || reply.error().code != core::ErrorCode::connection) co_return reply;
    co_return co_await resolve_lost_call(self, std::move(attempt), reply.error());
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
    status["blender"] = std::move(known);
    co_return status;
}

std::string Running::name() const {
    return fmt::format("blender-{}", blender->process->pid());
}

// Control operations are answered beside a running one; who does not answer at all although its
// process lives is too busy to.
asio::awaitable<core::Result<HealthFinding>> Running::check_health(
    std::chrono::milliseconds limit) {
    const auto self = shared_from_this();
    const auto reply = co_await control_over(health_connection, "status", "{}", limit);
    if (!reply && reply.error().code == core::ErrorCode::timeout && alive())
        co_return HealthFinding{Health::busy, "Blender runs but does not answer just now"};
    if (!reply) {
        auto error = reply.error();
        if (error.message.empty()) error.message = "it gave no reason";
        if (error.code == core::ErrorCode::blender)
            error.message = "Blender error: " + error.message;
        co_return error;
    }
    const auto status = core::RawObject::scan(reply->result());
    const auto state = status ? core::unquote(status->find("state").value_or("")) : std::nullopt;
    if (state == "busy") co_return HealthFinding{Health::busy, "Blender is working"};
    co_return HealthFinding{Health::healthy, "Blender connection established"};
}

namespace {

core::Error died(Running& running, const Attempt& attempt) {
    running.death_told = true;
    const auto status = running.blender->process->exit_status();
    core::Error error{core::ErrorCode::connection,
                      "Blender ended (" + describe(status.value_or(ExitStatus{})) +
                          ") while it ran " + attempt.op,
                      "Everything that was not saved is lost. The next call starts a new Blender: "
                      "open the last saved "
                      "file with manage_file, or build the scene again.",
                      attempt.mutates ? core::Outcome::unknown : core::Outcome::not_applied};
    error.details = core::dump({{"output", running.blender->process->output_tail()}});
    return error;
}

}  // namespace

asio::awaitable<core::Result<link::Reply>> resolve_lost_call(std::shared_ptr<Running> running,
                                                             Attempt attempt, core::Error loss) {
    const bool ended = co_await running->blender->process->ends_within(death_notice);
    if (ended) co_return died(*running, attempt);
    if (loss.outcome == core::Outcome::not_applied) co_return loss;
    co_return co_await ask_journal(running, std::move(attempt), std::move(loss));
}

}  // namespace blender_mcpd::blender
