// Questions to the client in the middle of a request (2026-07-28 basic/multi-round-trip). A handler
// that needs an answer ends with InputRequired and is called anew with the answers. For legacy
// clients the session turns the questions into requests and calls the handler again by itself.
#pragma once

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <map>
#include <string>

namespace blender_mcpd::mcp {

/// "elicitation/create", "sampling/createMessage" or "roots/list", and its params.
struct InputRequest {
    std::string method;
    core::Json params = core::Json::object();
};

/// A form for the user. `schema` is a flat object schema (client/elicitation).
[[nodiscard]] InputRequest elicit(std::string message, core::Json schema);

struct InputRequired {
    /// By keys that the handler chooses. Only kinds that the client can answer: see
    /// CallContext::capabilities.
    std::map<std::string, InputRequest> requests;
    /// Comes back as CallContext::state, unaltered: it is signed, bound to the same request, and
    /// expires. May be empty. Not secret.
    std::string state{};
};

/// The client's results, by the keys of the questions. They are not validated.
using InputResponses = std::map<std::string, core::Json>;

}  // namespace blender_mcpd::mcp
