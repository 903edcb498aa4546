// What a connection is made of: a TCP socket, or one of a pair.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>

namespace blender_mcpd::link {

using StreamSocket = boost::asio::generic::stream_protocol::socket;

}  // namespace blender_mcpd::link
