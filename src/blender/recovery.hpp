// Everything that outlives one Blender of ours: what was asked of it, what a death has cost, from
// what the next one is restored, and whether there should be one. Loop thread only; knows no
// connection.
#pragma once

#include "call_log.hpp"
#include "child_process.hpp"
#include "crash_loop.hpp"
#include "private_folder.hpp"
#include "recovery_files.hpp"
#include "restore_plan.hpp"

#include <blender_mcpd/blender/instance.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace blender_mcpd::blender {

/// What is known of a Blender that has ended by itself.
struct DeathFacts {
    ExitStatus status;
    std::string cause;  // when we ended it, or knew it coming; may be empty
    pid_t pid = 0;
    std::string executable;
    std::string hello;  // of its runtime, the text of a JSON object; may be empty
    std::string output;
};

/// What those who used it are told.
struct Death {
    std::string how;     // "killed by signal 9 (Killed)"
    std::string lost;    // and how it is restored: sentences without the last full stop
    std::string report;  // the path of the crash report; may be empty
};

class Recovery {
  public:
    Recovery(core::Timers& timers, RecoveryOptions options);

    /// A Blender is about to start. What its runtime is told; nothing when no copies are made.
    [[nodiscard]] std::optional<core::Json> begin_life();
    /// Of the Blender that was started last; counted from 1.
    [[nodiscard]] std::uint64_t life() const { return life_; }

    /// It has ended by itself. Plans what the next one opens.
    [[nodiscard]] Death died(const DeathFacts& facts);

    /// What the next Blender is to open; nothing: the scene that it starts with.
    [[nodiscard]] std::optional<RestorePoint> next_point() const;
    /// The next Blender does not open what the configuration says.
    [[nodiscard]] bool replaces_the_start() const { return known_file_; }
    /// next_point() could not be opened, and is not tried again.
    void point_failed(const std::string& why);
    /// A Blender has ended while it opened that: a report is kept.
    void died_restoring(const DeathFacts& facts);
    /// next_point() is open. When it is another one than those who used the last Blender were told:
    /// what they must know now.
    [[nodiscard]] std::optional<std::string> restored();

    /// An error while none may be started, because they end again and again.
    [[nodiscard]] std::optional<core::Error> refusal();

    /// For Blender::status.
    [[nodiscard]] core::Json status();

    CallLog log;

  private:
    core::Json report(const DeathFacts& facts) const;
    void keep(core::Json report);

    core::Timers& timers_;
    const RecoveryOptions options_;
    std::shared_ptr<PrivateFolder> folder_;
    bool warned_ = false;
    std::uint64_t life_ = 0;
    core::TimePoint began_{};  // of this life
    CrashLoop loop_;
    CrashReports reports_;
    core::Json last_report_;
    std::string last_path_;
    std::string last_how_;
    core::TimePoint died_{};
    std::deque<RestorePoint> plan_;  // best first
    std::set<std::string> unusable_;
    bool known_file_ = false;
    bool deviated_ = false;  // from what was told
};

}  // namespace blender_mcpd::blender
