// What stands in the frames: reading of replies, events and hellos by scanning, writing of requests
// by appending.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/link/connection.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace blender_mcpd::link {

struct ReplyEnvelope {
    std::uint64_t id = 0;
    bool ok = false;
    std::optional<std::uint64_t> generation;
    std::string_view body;  // "result" when ok, else the object "error"; raw text
};

struct ProgressEnvelope {
    std::uint64_t id = 0;
    Progress progress;
};

using Envelope = std::variant<ReplyEnvelope, ProgressEnvelope, SceneEvent>;

/// Of a scene event: far more than its names can need.
inline constexpr std::size_t max_scene_event_bytes = std::size_t{1} << 20;

/// Checks all of `json` in one pass. Errors: protocol. Refuses raw line feeds, so that results can
/// be spliced into line-delimited JSON.
[[nodiscard]] core::Result<Envelope> read_envelope(std::string_view json);

/// The raw object "hello" of the peer's first frame. Errors: protocol.
[[nodiscard]] core::Result<std::string_view> read_hello(std::string_view json);

/// The error that an error reply stands for. `mutates`: of its request.
[[nodiscard]] core::Error to_error(std::string_view raw_error, bool mutates);

/// Whole frames, ready to be written.
[[nodiscard]] std::string hello_frame(std::string_view token);
[[nodiscard]] std::string request_frame(std::uint64_t id, const Request& request);
[[nodiscard]] std::string control_frame(std::uint64_t id, std::string_view op,
                                        std::string_view args);

}  // namespace blender_mcpd::link
