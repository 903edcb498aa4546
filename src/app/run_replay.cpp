#include "audit_log.hpp"
#include "commands.hpp"
#include "daemon.hpp"
#include "own_blender.hpp"
#include "replay_compare.hpp"
#include "replay_plan.hpp"
#include "replay_recording.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/mcp/session.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <mutex>
#include <string_view>
#include <utility>

namespace blender_mcpd::app {

namespace asio = boost::asio;

namespace {

using core::Json;

Config config_for_replay(const Config& config) {
    auto own = with_own_blender(config, {});
    own.limits.enabled = false;  // it calls faster than who was recorded
    return own;
}

/// The lines of the calls that are replayed, as they would be in a file.
class Lines final : public AuditSink {
  public:
    core::Result<void> open(const AuditOptions& /*options*/) override { return {}; }
    core::Result<void> append(std::string_view line) override {
        const std::scoped_lock lock(mutex_);
        last_ = line;
        return {};
    }
    [[nodiscard]] std::string last() {
        const std::scoped_lock lock(mutex_);
        return last_;
    }

  private:
    std::mutex mutex_;
    std::string last_;
};

class Answer final : public mcp::Channel {
  public:
    explicit Answer(const asio::any_io_executor& executor) : come_(executor) {}
    void send(std::string /*message*/) override {}
    void respond(std::string /*message*/, mcp::Disposition /*how*/) override { come_.set(); }
    void abandon() override { come_.set(); }
    asio::awaitable<void> wait() { return come_.wait(); }

  private:
    core::Event come_;
};

struct Counts {
    std::size_t same = 0;
    std::size_t different = 0;
    std::size_t not_run = 0;
    std::size_t without_result = 0;  // of `same`
};

class Replay {
  public:
    Replay(const ReplayCommand& command, Recording recording)
        : command_(command),
          recording_(std::move(recording)),
          instance_(first_instance(recording_.calls)) {
        auto sink = std::make_unique<Lines>();
        lines_ = sink.get();
        audit_ = std::make_unique<AuditLog>(clock_, metrics_, std::move(sink));
        AuditOptions all;
        all.path = "/replay";
        all.arguments = AuditArguments::full;
        all.results = AuditResults::full;
        audit_->configure(all);
    }

    asio::awaitable<int> run(Daemon& daemon) {
        daemon.server().set_audit(audit_.get());
        mcp::Session session(daemon.server(), daemon.server().name_client(), "replay");
        const auto end = daemon.shutdown().add("replay", core::ShutdownPriority::calls,
                                               [&] { return cancel(session); });
        const auto started = co_await call(daemon, session, "get_scene_info", Json::object());
        if (started.value("outcome", "") != "ok" && !daemon.shutdown().running()) {
            fmt::print(stderr, "The replay has no Blender: {}\n",
                       started.value("result", Json::object()).value("text", "unknown error"));
            done_ = true;
            co_return 2;
        }
        for (const auto& recorded : recording_.calls) {
            if (daemon.shutdown().running()) co_return 1;
            if (is_left_out(recorded)) continue;
            if (auto reason = reason_to_skip(recorded, instance_); !reason.empty()) {
                ++counts_.not_run;
                tell(recorded, "not_run", {}, reason);
                continue;
            }
            auto arguments = recorded.line.at("arguments");
            if (arguments.is_object()) arguments.erase("instance");
            auto tool = recorded.line.at("tool").get<std::string>();
            const auto replayed =
                co_await call(daemon, session, std::move(tool), std::move(arguments));
            if (daemon.shutdown().running()) co_return 1;
            judge(recorded, replayed);
        }
        done_ = true;
        summarize();
        co_return counts_.different > 0 ? 1 : 0;
    }

    /// False: a signal came first.
    [[nodiscard]] bool done() const { return done_; }

  private:
    static asio::awaitable<void> cancel(mcp::Session& session) {
        session.cancel_all(core::CancelReason::shutdown);
        co_await session.drained();
    }

    [[nodiscard]] bool is_left_out(const RecordedCall& recorded) const {
        return recorded.number < command_.from ||
               (command_.only_edits && recorded.line.value("edit", false) != true);
    }

    /// The line that an audit log would have of it.
    asio::awaitable<Json> call(Daemon& daemon, mcp::Session& session, std::string tool,
                               Json arguments) {
        const auto answer = std::make_shared<Answer>(daemon.timers().executor());
        const auto message =
            core::dump({{"jsonrpc", "2.0"},
                        {"id", ++last_id_},
                        {"method", "tools/call"},
                        {"params", {{"name", std::move(tool)}, {"arguments", arguments}}}});
        session.receive(message, answer);
        co_await answer->wait();
        co_await session.drained();
        co_await audit_->written();
        auto line = core::parse_json(lines_->last());
        co_return line ? std::move(*line) : Json::object();
    }

    void judge(const RecordedCall& recorded, const Json& replayed) {
        const auto comparison = compare_calls(recorded.line, replayed);
        const bool same = comparison.differences.empty();
        ++(same ? counts_.same : counts_.different);
        if (same && !comparison.with_result) ++counts_.without_result;
        tell(recorded, same ? "same" : "differs", comparison.differences, {});
    }

    void tell(const RecordedCall& recorded, std::string_view verdict,
              const std::vector<std::string>& differences, const std::string& reason) const {
        const auto tool = recorded.line.at("tool").get<std::string>();
        if (command_.json) {
            Json line{{"number", recorded.number},
                      {"where", recorded.where},
                      {"tool", tool},
                      {"verdict", verdict}};
            if (!reason.empty()) line["reason"] = reason;
            if (!differences.empty()) line["differences"] = differences;
            fmt::print("{}\n", core::dump(line));
        } else {
            fmt::print("{:>5}  {:<24} {}\n", recorded.number, tool,
                       reason.empty() ? std::string(verdict) : "not run: " + reason);
            for (const auto& difference : differences)
                fmt::print("         {}\n", difference);
        }
        std::fflush(stdout);
    }

    void summarize() const {
        if (command_.json) {
            fmt::print("{}\n", core::dump({{"same", counts_.same},
                                           {"differ", counts_.different},
                                           {"not_run", counts_.not_run},
                                           {"results_not_compared", counts_.without_result},
                                           {"never_ended", recording_.open},
                                           {"cut_lines", recording_.cut},
                                           {"lost_lines", recording_.lost}}));
            return;
        }
        fmt::print("{} same, {} differ, {} not run\n", counts_.same, counts_.different,
                   counts_.not_run);
        if (counts_.without_result > 0)
            fmt::print(
                "Of {} only the outcome was compared (audit.results = \"full\" keeps "
                "results)\n",
                counts_.without_result);
        for (const auto& what : recording_.open)
            fmt::print("Began and never ended: {}\n", what);
        for (const auto& where : recording_.cut)
            fmt::print("Not a whole line, its writer was killed: {}\n", where);
        if (recording_.lost > 0) fmt::print("The log has lost {} lines\n", recording_.lost);
    }

    const ReplayCommand& command_;
    const Recording recording_;
    const std::string instance_;
    core::SteadyClock clock_;
    core::Metrics metrics_;
    Lines* lines_ = nullptr;  // audit_ has it
    std::unique_ptr<AuditLog> audit_;
    Counts counts_;
    std::uint64_t last_id_ = 0;
    bool done_ = false;
};

int refuse(const core::Error& error) {
    fmt::print(stderr, "{}\n", core::describe(error));
    return 2;
}

}  // namespace

void add_replay(CLI::App& app, ReplayCommand& command) {
    auto* replay = app.add_subcommand(
        "replay", "Run the calls of an audit log in a fresh Blender and say what differs");
    replay->add_option("FILE", command.files, "What audit.path has made, the oldest first")
        ->required();
    replay->add_flag("--only-edits", command.only_edits, "Leave out what only reads");
    replay->add_option("--from", command.from, "Number of the first call to run (default: 1)")
        ->check(CLI::PositiveNumber);
    replay->add_flag("--json", command.json, "Print one line of JSON for each call");
}

int run_replay(const Config& config, const ReplayCommand& command) {
    auto recording = read_recording(command.files);
    if (!recording) return refuse(recording.error());
    if (const auto where = call_without_arguments(recording->calls); !where.empty())
        return refuse({core::ErrorCode::invalid,
                       where + ": the recording does not have the arguments of its calls",
                       "Record with audit.arguments = \"full\""});
    Replay replay(command, std::move(*recording));
    Daemon daemon(config_for_replay(config));
    const int code = daemon.run(replay.run(daemon));
    if (replay.done()) return code;
    fmt::print(stderr, "Interrupted: the rest was not replayed\n");
    return 1;
}

}  // namespace blender_mcpd::app
