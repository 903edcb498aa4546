// Values for arguments of resource templates and prompts: from a list, or from the Blender that
// runs.
#pragma once

#include "toolbox.hpp"

#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/mcp/completion.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::tools {

/// The candidates that contain what was typed, whatever the case of its ASCII letters: those that
/// begin with it first, otherwise in their order.
[[nodiscard]] mcp::Completion ranked(std::vector<std::string> candidates, std::string_view typed);

/// Names of that kind (see the runtime's list_names) in the open scene, ranked. Empty when no
/// Blender runs, none is started for this; when it has not answered after two seconds; and when
/// there is any other difficulty.
boost::asio::awaitable<mcp::Completion> live_names(Toolbox toolbox, core::Timers& timers,
                                                   mcp::CallContext context, std::string kind,
                                                   std::string typed);

}  // namespace blender_mcpd::tools
