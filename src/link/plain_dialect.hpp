// What plain peers say: requests as text, replies checked for their shape. Knows no socket.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/link/connection.hpp>
#include <blender_mcpd/link/plain.hpp>

#include <string>
#include <string_view>

namespace blender_mcpd::link {

/// ASCII: a peer that decodes block by block may have a character torn apart. Without arguments
/// when `args`, the text of a JSON object, is empty: a peer may call a function with what it finds.
[[nodiscard]] std::string plain_request(Dialect dialect, std::string_view op,
                                        std::string_view args);

/// `json` comes from a JsonReceiver. Errors: blender, the peer's own (`mutates` decides their
/// outcome); protocol, when it is no reply of this dialect.
[[nodiscard]] core::Result<Reply> read_plain_reply(Dialect dialect, std::string json, bool mutates);

/// What to do about a peer whose first bytes these are; empty when they say nothing.
[[nodiscard]] std::string looks_like(std::string_view beginning);

}  // namespace blender_mcpd::link
