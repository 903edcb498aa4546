// Runs all checks at once, and has something to say when one of them does not come back.
#pragma once

#include "doctor.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace blender_mcpd::app {

/// A thread a check. Its destruction waits for all of them: a process that cannot wait ends without
/// it.
class CheckRun {
  public:
    /// `checks` must outlive it; `environment` and `config` are copied.
    CheckRun(std::span<const Check> checks, DoctorEnvironment environment, Config config);
    ~CheckRun();
    CheckRun(const CheckRun&) = delete;
    CheckRun& operator=(const CheckRun&) = delete;

    /// What they found within the limit, in the order of the checks; of one that is not done, that.
    /// One that throws has found that.
    [[nodiscard]] Findings wait(std::chrono::milliseconds limit);
    /// Whether all are done by now.
    [[nodiscard]] bool finished() const;

  private:
    struct Shared;
    std::span<const Check> checks_;
    std::shared_ptr<Shared> shared_;
    std::vector<std::jthread> threads_;
};

/// One line each, for people.
[[nodiscard]] std::string findings_as_text(const Findings& findings);
/// An array of {check, state, message, remedy, facts}.
[[nodiscard]] std::string findings_as_json(const Findings& findings);

}  // namespace blender_mcpd::app
