// Incoming JSON-RPC 2.0 messages, classified one by one (2025-11-25 and 2026-07-28 basic/index).
#pragma once

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/mcp/call.hpp>
#include <blender_mcpd/mcp/protocol.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace blender_mcpd::mcp {

/// The per-request envelope of the modern revisions, found in params._meta.
struct Envelope {
    std::string_view progress_token;    // raw JSON, empty when the client did not ask for progress
    std::string_view claim;             // the raw protocol version, empty when none is claimed
    std::optional<Revision> modern;     // set when the request claims a modern revision
    ClientCapabilities capabilities{};  // of a modern request
    std::optional<LogLevel> log_level{};  // of a modern request that wants log messages
    std::optional<RpcError> error;  // the claim is malformed or names a revision we do not speak
};

/// Views point into the message text.
struct Request {
    std::string id;  // the raw JSON token, echoed as it came
    std::string method;
    std::string_view params;    // the raw object; "{}" when absent
    core::RawObject members{};  // of params
    Envelope envelope{};
};

struct Notification {
    std::string method;
    std::string_view params;
};

/// An answer to a request of ours.
struct Response {
    std::string id;
    std::string_view result;  // raw; empty when it is an error
    std::string_view error;   // raw; empty when it is a result
};

/// What cannot be handled. `id` is empty when it could not be read.
struct BadMessage {
    std::string id;
    RpcError error;
};

using Message = std::variant<Request, Notification, Response, BadMessage>;

[[nodiscard]] Message classify(std::string_view text);

[[nodiscard]] Envelope read_envelope(const core::RawObject& params);

/// From the raw object of `initialize` or of the envelope.
[[nodiscard]] ClientCapabilities read_capabilities(std::string_view raw, Revision revision);

}  // namespace blender_mcpd::mcp
