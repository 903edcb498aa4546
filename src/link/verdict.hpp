// What the bytes of a peer tell of its family. Knows no socket.
#pragma once

#include <blender_mcpd/link/detect.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::link {

/// Of an answer: far more than one of a known family has.
inline constexpr std::size_t max_heard_bytes = std::size_t{64} << 10;

/// What an ahujasid add-on is, by whether it has a ping; who has one can be asked for more.
inline constexpr std::string_view before_ping = "an older version";
inline constexpr std::string_view since_ping = "a newer version";

/// The question: ahujasid's ping, whose line feed is for those who wait for one.
inline constexpr std::string_view probe_question = "{\"type\":\"ping\",\"params\":{}}\n";

/// The verdict on a peer that has said `heard` so far. Nothing while more may come that matters:
/// pass `is_all` when it does not.
[[nodiscard]] std::optional<Detected> judge(std::string_view heard, bool is_all);

/// A verdict of that family, with its words. `told` is what the peer says of itself, or why it
/// cannot be reached.
[[nodiscard]] Detected verdict(Family family, std::string told = {});

/// Takes the version from the answer to get_addon_info; false when it has none.
bool add_addon_info(Detected& ahujasid, std::string_view answer);

/// The Lab's add-on or its relative, from the answer to a hello, which the latter knows.
[[nodiscard]] std::optional<Detected> judge_hello(std::string_view answer);

/// Our own runtime, from its answer to a hello without a token.
[[nodiscard]] bool is_native_refusal(std::string_view answer);
/// A 4-byte length, and JSON of that length.
[[nodiscard]] bool is_length_prefixed(std::string_view answer);

}  // namespace blender_mcpd::link
