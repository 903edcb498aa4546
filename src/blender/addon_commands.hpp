// What a plain peer is asked for an operation, and how its answer becomes that of the operation.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/link/connection.hpp>
#include <blender_mcpd/link/plain.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace blender_mcpd::blender {

/// Whether add-ons of that family execute Python in a way that our runtime may come in by: on the
/// main thread, and without rules against what it needs.
[[nodiscard]] bool can_bootstrap(link::Dialect dialect);

/// The request in the add-on's own words: of the seed dialect they are ours. Errors: unavailable,
/// when the add-on cannot do it, or not with these arguments.
[[nodiscard]] core::Result<link::Request> addon_request(link::Dialect dialect,
                                                        link::Request request);

/// A request that executes `code` as it is.
[[nodiscard]] link::Request python_request(link::Dialect dialect, std::string_view code,
                                           std::chrono::milliseconds limit);

/// What was printed, from the result of such a request. Errors: protocol.
[[nodiscard]] core::Result<std::string> printed_in(link::Dialect dialect, std::string_view result);

/// `reply` answers addon_request() of `op`. Errors: protocol, when it is not what that add-on says.
[[nodiscard]] core::Result<link::Reply> addon_reply(link::Dialect dialect, std::string_view op,
                                                    link::Reply reply);

}  // namespace blender_mcpd::blender
