// Incoming JSON-RPC 2.0 messages, classified one by one (2025-11-25 and 2026-07-28 basic/index).
#pragma once

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/mcp/protocol.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace blender_mcpd::mcp {

/// An error that ends a request. `data` is raw JSON or empty.
struct RpcError {
    RpcCode code = RpcCode::internal_error;
    std::string message;
    std::string data;
};

/// Views point into the message text.
struct Request {
    std::string id;  // the raw JSON token, echoed as it came
    std::string method;
    std::string_view params;  // the raw object, or empty when absent
};

struct Notification {
    std::string method;
    std::string_view params;
};

/// An answer to a request of ours.
struct Response {
    std::string id;
};

/// What cannot be handled. `id` is empty when it could not be read.
struct BadMessage {
    std::string id;
    RpcError error;
};

using Message = std::variant<Request, Notification, Response, BadMessage>;

[[nodiscard]] Message classify(std::string_view text);

/// The per-request envelope of the modern revisions, found in params._meta.
struct Envelope {
    std::string_view progress_token;  // raw JSON, empty when the client did not ask for progress
    std::optional<Revision> modern;   // set when the request claims a modern revision
    std::optional<RpcError> error;    // the claim is malformed or names a revision we do not speak
};

[[nodiscard]] Envelope read_envelope(const core::RawObject& params);

}  // namespace blender_mcpd::mcp
