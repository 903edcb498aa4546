#include "running.hpp"

#include <blender_mcpd/core/json.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <optional>
#include <utility>

namespace blender_mcpd::blender {
Running::Running(core::Timers& all_timers, core::Metrics& all_metrics,
                 std::shared_ptr<LaunchedBlender> launched, const InstanceOptions& options,
                 std::shared_ptr<Recovery> its_recovery, core::CancelToken all_closing)
    : NativePeer(all_timers, all_metrics, launched->endpoint, launched->token, options.pool,
                 options.connection, std::move(all_closing)),
      kill_stuck_after(options.kill_stuck_after),
      blender(std::move(launched)),
      recovery(std::move(its_recovery)) {}

std::string Running::name() const {
    return fmt::format("blender-{}", blender->process->pid());
}

core::Json Running::facts() const {
    return {{"executable", blender->executable},
            {"pid", blender->process->pid()},
            {"background", true},
            {"sandbox", blender->sandbox}};
}

std::uint64_t Running::note_begin(const link::Request& request) {
    return recovery->log.begin(request.op, request.args, timers.now());
}

void Running::note_end(std::uint64_t number, const Attempt& attempt,
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

void Running::note_status(const core::Json& status) {
    const auto copies = status.find("recovery");
    if (copies == status.end() || !copies->is_object()) return;
    const auto error = copies->find("error");
    const bool failed = error != copies->end() && error->is_string();
    if (failed && !copies_failed_)
        spdlog::warn("no recovery copy can be made, edits go on without: {}",
                     error->get<std::string>());
    copies_failed_ = failed;
}

std::optional<core::Duration> Running::until_killed(const Stuck& of) const {
    if (kill_stuck_after.count() < 0) return std::nullopt;
    return std::max<core::Duration>(of.since + kill_stuck_after - timers.now(),
                                    core::Duration::zero());
}

void Running::kill(const Stuck& on) {
    cause_ =
        fmt::format("blender-mcpd ended it, as it did not end {} within {:.0f} s after its time",
                    on.attempt.op, core::seconds(kill_stuck_after));
    spdlog::warn("killing Blender (process {}): {}", blender->process->pid(), cause_);
    metrics.add(blenders_killed);
    blender->process->signal_group(SIGKILL);
}

std::string Running::what_happens_to(const Stuck& one) const {
    const auto left = until_killed(one);
    if (!left)
        return "blender-mcpd leaves it alone (blender.kill_stuck_after_s is -1): end the process "
               "yourself if it never ends.";
    return fmt::format(
        "If it has not ended in {:.0f} s it is killed (blender.kill_stuck_after_s), and the next "
        "call gets a new Blender with what was copied last.",
        std::ceil(core::seconds(*left)));
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

std::string advice_after(const Death& death) {
    return "The next call starts a new Blender. Look at its scene before you go on, and repeat "
           "only "
           "what is missing." +
           (death.report.empty() ? "" : " The crash report is " + death.report + ".");
}

core::Error Running::gone(const Attempt& attempt) {
    const auto& end = death();
    core::Error error{
        core::ErrorCode::connection,
        "Blender ended (" + end.how + ") while it ran " + attempt.op + ". " + end.lost,
        advice_after(end), attempt.mutates ? core::Outcome::unknown : core::Outcome::not_applied};
    error.details =
        core::dump({{"output", blender->process->output_tail()}, {"crash_report", end.report}});
    return error;
}

}  // namespace blender_mcpd::blender
