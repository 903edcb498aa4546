// Which calls of a recording are replayed. The rule is in docs/audit.md.
#pragma once

#include "replay_recording.hpp"

#include <string>
#include <vector>

namespace blender_mcpd::app {

/// The Blender of the recording that is replayed: the first that it names.
[[nodiscard]] std::string first_instance(const std::vector<RecordedCall>& calls);

/// Why a call is not replayed; empty: it is.
[[nodiscard]] std::string reason_to_skip(const RecordedCall& call, const std::string& instance);

/// Where a call lies whose arguments were not recorded; empty: there is none.
[[nodiscard]] std::string call_without_arguments(const std::vector<RecordedCall>& calls);

}  // namespace blender_mcpd::app
