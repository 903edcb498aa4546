// What Blender's journal remembers of a request: how a call ends whose own reply was lost.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/link/connection.hpp>

#include <chrono>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::link {

struct Remembered {
    enum class State {
        never_seen,  // and Blender refuses it from now on, should it still arrive
        open,        // it is queued or runs
        applied,
        failed,
        forgotten,  // it may have been seen: the journal no longer reaches so far back
    };
    State state = State::open;
    std::optional<Reply> reply;        // of applied, unless its result was too large to be kept
    std::optional<core::Error> error;  // of failed
};

std::ostream& operator<<(std::ostream& out, Remembered::State state);

/// The arguments of the control operation "outcome". `age`: since the request was written.
[[nodiscard]] std::string outcome_args(std::string_view uuid, std::chrono::milliseconds age);

/// Reads its result. `mutates`: of the request. Errors: protocol.
[[nodiscard]] core::Result<Remembered> read_outcome(std::string_view result, bool mutates);

}  // namespace blender_mcpd::link
