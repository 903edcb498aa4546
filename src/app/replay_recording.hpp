// An audit log, read back for `blender-mcpd replay`.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace blender_mcpd::app {

struct RecordedCall {
    std::size_t number = 0;  // among the calls of all files, from 1
    std::string where;       // "audit.jsonl:12"
    core::Json line;         // of event "call"; tool and outcome are texts
};

struct Recording {
    std::vector<RecordedCall> calls;  // in the order in which they ended
    std::vector<std::string> open;  // "audit.jsonl:12 execute_blender_code": began and did not end
    std::vector<std::string> cut;   // last lines that are not whole
    std::uint64_t lost = 0;         // lines that the log itself misses
};

/// The files in order. Errors: not_found and invalid; the latter names every line that is no record
/// (ten at most). A file may end in the middle of a line: its writer was killed.
[[nodiscard]] core::Result<Recording> read_recording(const std::vector<std::string>& files);

}  // namespace blender_mcpd::app
