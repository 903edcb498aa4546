// What get_blender_status tells.
#pragma once

#include "toolbox.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace blender_mcpd::tools {

/// The text of a JSON object, about the Blender of the toolbox, and what others this client could
/// use. Starts nothing, never fails.
boost::asio::awaitable<std::string> status_text(Toolbox toolbox, std::string client);

}  // namespace blender_mcpd::tools
