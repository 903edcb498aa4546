#include "question.hpp"

#include "errors.hpp"

namespace blender_mcpd::mcp {

namespace {

RpcError wrong(std::string how) {
    return {RpcCode::internal_error, "Internal error: a handler " + std::move(how)};
}

}  // namespace

bool is_url_elicitation(const InputRequest& request) {
    if (request.method != "elicitation/create") return false;
    const auto mode = request.params.find("mode");
    return mode != request.params.end() && *mode == "url";
}

std::optional<InputResponses> read_responses(std::string_view raw) {
    const auto parsed = core::parse_json(raw);
    if (!parsed || !parsed->is_object()) return {};
    InputResponses responses;
    for (const auto& [key, value] : parsed->items())
        if (value.is_object()) responses.emplace(key, value);  // what is none is no answer
    return responses;
}

std::optional<RpcError> refuse_question(const InputRequired& question,
                                        const ClientCapabilities& client) {
    if (question.requests.empty() && question.state.empty()) return wrong("asks for nothing");
    auto required = core::Json::object();
    for (const auto& [key, request] : question.requests) {
        if (!request.params.is_object()) return wrong("asks without an object of parameters");
        if (request.method == "elicitation/create") {
            const bool url = is_url_elicitation(request);
            if (!(url ? client.elicitation_url : client.elicitation_form))
                required["elicitation"][url ? "url" : "form"] = core::Json::object();
        } else if (request.method == "sampling/createMessage") {
            if (!client.sampling) required["sampling"] = core::Json::object();
        } else if (request.method == "roots/list") {
            if (!client.roots) required["roots"] = core::Json::object();
        } else {
            return wrong("asks for what no client answers");
        }
    }
    if (required.empty()) return {};
    return missing_capabilities("This request needs capabilities that the client did not declare",
                                required);
}

}  // namespace blender_mcpd::mcp
