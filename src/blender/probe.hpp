// Is anything there?
#pragma once

#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/connection.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace blender_mcpd::blender {

/// Long enough for loopback, short enough for a status that answers at once.
inline constexpr std::chrono::milliseconds probe_timeout{300};

/// True when a TCP connection is accepted within the limit. Sends nothing.
boost::asio::awaitable<bool> answers(core::Timers& timers, link::Endpoint endpoint,
                                     std::chrono::milliseconds limit);

}  // namespace blender_mcpd::blender
