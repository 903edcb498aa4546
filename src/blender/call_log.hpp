// What was asked of the Blenders of ours and what came of it: the last calls, for crash reports and
// for telling what a death has cost. Sans-IO.
#pragma once

#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/json.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace blender_mcpd::blender {

/// A state of the scene: which Blender of the daemon (counted from 1), and its generation there.
/// Ordered by time.
using SceneMark = std::pair<std::uint64_t, std::uint64_t>;

struct LoggedCall {
    std::uint64_t number = 0;
    std::string op;
    std::string args;  // an excerpt
    core::TimePoint began;
    std::optional<core::TimePoint> ended;
    std::string outcome = "running";  // then "ok", or an error code with the error's message
    /// What the reply said of the scene: only of calls that have changed it.
    std::optional<SceneMark> scene;
    std::string changes;  // "added Cube; changed Light (location)"
};

class CallLog {
  public:
    static constexpr std::size_t max_calls = 200;
    static constexpr std::size_t max_args_bytes = 300;
    static constexpr std::size_t max_changes_bytes = 200;

    std::uint64_t begin(std::string op, std::string_view args, core::TimePoint now);
    /// It has succeeded. `scene` when it has changed that.
    void succeeded(std::uint64_t number, std::optional<SceneMark> scene, std::string changes,
                   core::TimePoint now);
    /// It has failed, after the changes that it names.
    void failed(std::uint64_t number, std::string why, std::optional<SceneMark> scene,
                std::string changes, core::TimePoint now);

    /// Those that were answered and have changed the scene since, oldest first.
    [[nodiscard]] std::vector<LoggedCall> edits_after(const SceneMark& mark) const;
    /// True when edits after it may be missing above, because there were too many.
    [[nodiscard]] bool forgot_edits_after(const SceneMark& mark) const {
        return forgotten_ && *forgotten_ > mark;
    }
    /// The scene is as it was then: later edits are not in it any more.
    void go_back_to(const SceneMark& mark);

    /// The last `count`, oldest first.
    [[nodiscard]] std::vector<LoggedCall> last(std::size_t count) const;

  private:
    LoggedCall* find(std::uint64_t number);
    std::deque<LoggedCall> calls_;
    std::uint64_t last_number_ = 0;
    std::optional<SceneMark> forgotten_;  // of the last edit that is not in `calls_` any more
};

/// The member "changes" of a result, or of an error's details, as a short sentence; empty when
/// there is none, or nothing in it.
[[nodiscard]] std::string summarize_changes(std::string_view json_object);

}  // namespace blender_mcpd::blender
