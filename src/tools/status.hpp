// What get_blender_status tells.
#pragma once

#include "toolbox.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace blender_mcpd::tools {

/// The text of a JSON object. Starts nothing, never fails.
boost::asio::awaitable<std::string> status_text(Toolbox toolbox);

}  // namespace blender_mcpd::tools
