// From which copy is a Blender restored, and what is lost with that? Sans-IO.
#pragma once

#include "call_log.hpp"

#include <blender_mcpd/core/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace blender_mcpd::blender {

/// What was open, as the runtime noted when it was opened or saved (open.json).
struct OpenFile {
    std::string document;
    SceneMark scene;
    std::string file;       // empty: never saved
    bool is_there = false;  // it can be opened
    bool as_noted = false;  // and is what it was then: saved at `scene`, and not written since
};

/// A recovery copy, as the runtime noted (<life>-<number>.json).
struct RecoveryCopy {
    std::string path;
    std::string document;
    SceneMark scene;
    std::uint64_t number = 0;  // within its life
    std::string file;          // that it is a copy of; empty: never saved
    core::TimePoint made;      // of the steady clock, which all processes share
    std::string note;          // what it lacks; may be empty
};

/// What was found of the Blender that has ended.
struct Findings {
    std::optional<OpenFile> open;
    std::vector<RecoveryCopy> copies;
};

/// Something to open.
struct RestorePoint {
    std::string path;
    std::string document;                 // empty: a saved file and no copy
    SceneMark scene;                      // {0, 0}: an older state, not known which
    std::string file;                     // that it is, or is a copy of; empty: never saved
    std::optional<core::TimePoint> made;  // of copies
    std::string note;
};

/// What to open, best first: the copies of the document that was open, newest first, with its saved
/// state among them; at the end the file as it is now. Without those that are `unusable` (paths).
[[nodiscard]] std::vector<RestorePoint> restore_points(const Findings& found,
                                                       const std::set<std::string>& unusable);

/// What a death has cost.
struct Loss {
    static constexpr std::size_t max_edits = 10;

    std::optional<RestorePoint> restored;  // nullopt: the scene begins anew
    std::optional<core::Duration> age;     // of the copy, at the death
    std::vector<std::string> edits;        // "create_objects (added Cube)", the last ones
    std::size_t earlier = 0;               // edits beyond these
    bool incomplete = false;               // there were still more
};

/// `restored` is what the next Blender opens.
[[nodiscard]] Loss what_is_lost(const CallLog& log, std::optional<RestorePoint> restored,
                                core::TimePoint died);

/// A few sentences without the last full stop, for whoever called.
[[nodiscard]] std::string describe(const Loss& loss);

}  // namespace blender_mcpd::blender
