// The status page as text: HTML for who loads it, JSON with pieces of that HTML for who watches.
#pragma once

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/tools/recent_calls.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::app {

/// How things are at one moment.
struct StatusSnapshot {
    std::string version;                   // of the daemon
    tools::RecentCalls::WallTime since{};  // it runs
    tools::RecentCalls::WallTime at{};
    core::Json blenders;  // as Blenders::list() tells
    const tools::RecentCalls& calls;
};

/// Text in an element or a quoted attribute. What is long is cut; what would look like something
/// else (control characters, changes of the writing direction) is made visible.
[[nodiscard]] std::string escaped(std::string_view text);

[[nodiscard]] std::string status_document(const StatusSnapshot& snapshot, bool can_sign_out);

/// One line of JSON. The same as long as nothing has changed: times that pass are counted by who
/// reads it.
[[nodiscard]] std::string status_event(const StatusSnapshot& snapshot);

/// `problem`: why the form is there again; empty at first.
[[nodiscard]] std::string sign_in_document(std::string_view problem);

}  // namespace blender_mcpd::app
