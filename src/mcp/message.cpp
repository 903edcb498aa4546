#include "message.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace blender_mcpd::mcp {

namespace {

// A request id is a string or an integer (basic/index); anything else cannot be echoed.
bool valid_id(std::string_view raw) {
    constexpr std::size_t longest = 1024;
    if (raw.size() > longest) return false;
    switch (core::json_kind(raw)) {
        case core::JsonKind::string:
            return true;
        case core::JsonKind::number:
            return raw.find_first_of(".eE") == std::string_view::npos;
        default:
            return false;
    }
}

BadMessage bad(std::string id, RpcCode code, std::string message) {
    return {std::move(id), {code, std::move(message), {}}};
}

std::string quoted_list(std::span<const std::string_view> versions) {
    std::string out = "[";
    for (const auto version : versions) {
        if (out.size() > 1) out += ',';
        core::append_quoted(out, version);
    }
    return out + "]";
}

}  // namespace

Message classify(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && text[first] == '[')
        return bad({}, RpcCode::invalid_request,
                   "Batches are not supported: send one message at a time");

    const auto scanned = core::RawObject::scan(text);
    if (!scanned && first != std::string_view::npos && text[first] != '{' && core::parse_json(text))
        return bad({}, RpcCode::invalid_request, "Invalid request: a message must be an object");
    if (!scanned) return bad({}, RpcCode::parse_error, "Parse error: " + scanned.error().message);
    const auto& message = *scanned;

    const auto raw_id = message.find("id");
    const bool readable_id = raw_id && valid_id(*raw_id);
    std::string id = readable_id ? std::string(*raw_id) : std::string();

    if (message.find("jsonrpc") != std::optional<std::string_view>("\"2.0\""))
        return bad(std::move(id), RpcCode::invalid_request,
                   "Invalid request: jsonrpc must be \"2.0\"");

    const auto raw_method = message.find("method");
    if (!raw_method) {
        // Without an id, too: an answer to an answer could go on for ever.
        const auto result = message.find("result");
        const auto error = message.find("error");
        if (result || error)
            return Response{std::move(id), result.value_or(std::string_view()),
                            result ? std::string_view() : *error};
        return bad(std::move(id), RpcCode::invalid_request, "Invalid request: method is missing");
    }
    const auto method = core::unquote(*raw_method);
    if (!method)
        return bad(std::move(id), RpcCode::invalid_request,
                   "Invalid request: method must be a string");
    if (raw_id && !readable_id)
        return bad({}, RpcCode::invalid_request,
                   "Invalid request: id must be a string or an integer");

    const auto params = message.find("params").value_or(std::string_view());
    if (!params.empty() && core::json_kind(params) != core::JsonKind::object) {
        if (!raw_id) return Notification{*method, {}};
        return bad(std::move(id), RpcCode::invalid_params,
                   "Invalid params: params must be an object");
    }
    if (!raw_id) return Notification{*method, params};
    const auto raw = params.empty() ? std::string_view("{}") : params;
    auto members = *core::RawObject::scan(raw);
    auto envelope = read_envelope(members);
    return Request{std::move(id), *method, raw, std::move(members), std::move(envelope)};
}

Envelope read_envelope(const core::RawObject& params) {
    Envelope envelope;
    const auto raw_meta = params.find("_meta");
    if (!raw_meta || core::json_kind(*raw_meta) != core::JsonKind::object) return envelope;
    const auto meta = *core::RawObject::scan(*raw_meta);

    if (const auto token = meta.find("progressToken"); token && valid_id(*token))
        envelope.progress_token = *token;

    const auto raw_version = meta.find(meta::protocol_version);
    if (!raw_version) return envelope;
    envelope.claim = *raw_version;
    const auto malformed = [&](std::string_view key, std::string_view rule) {
        envelope.error =
            RpcError{RpcCode::invalid_params,
                     "Invalid params: _meta[\"" + std::string(key) + "\"] " + std::string(rule),
                     {}};
        return envelope;
    };
    const auto version = core::unquote(*raw_version);
    if (!version) return malformed(meta::protocol_version, "must be a string");
    const auto capabilities = meta.find(meta::client_capabilities);
    if (!capabilities) return malformed(meta::client_capabilities, "is required");
    if (core::json_kind(*capabilities) != core::JsonKind::object)
        return malformed(meta::client_capabilities, "must be an object");
    if (const auto info = meta.find(meta::client_info);
        info && core::json_kind(*info) != core::JsonKind::object)
        return malformed(meta::client_info, "must be an object");

    const auto known = std::find(modern_versions.begin(), modern_versions.end(), *version);
    if (known == modern_versions.end()) {
        envelope.error =
            RpcError{RpcCode::unsupported_protocol_version, "Unsupported protocol version",
                     R"({"supported":)" + quoted_list(modern_versions) + R"(,"requested":)" +
                         core::quoted(*version) + "}"};
        return envelope;
    }
    envelope.modern = Revision{*known};
    envelope.capabilities = read_capabilities(*capabilities, *envelope.modern);
    if (const auto level = meta.find(meta::log_level)) {
        envelope.log_level = log_level(core::unquote(*level).value_or(""));
        if (!envelope.log_level)
            return malformed(meta::log_level, "must be a level of RFC 5424, like \"info\"");
    }
    return envelope;
}

namespace {

/// The member of that name, when it is an object.
std::optional<core::RawObject> object_in(const core::RawObject& parent, std::string_view name) {
    const auto object = core::RawObject::scan(parent.find(name).value_or(""));
    if (!object) return {};
    return *object;
}

}  // namespace

ClientCapabilities read_capabilities(std::string_view raw, Revision revision) {
    ClientCapabilities capabilities;
    const auto declared = core::RawObject::scan(raw);
    if (!declared) return capabilities;
    if (const auto modes = object_in(*declared, "elicitation");
        modes && revision.has_elicitation()) {
        capabilities.elicitation_url = revision.has_url_elicitation() && object_in(*modes, "url");
        // No mode at all means forms, as before there were modes.
        capabilities.elicitation_form = object_in(*modes, "form") || !capabilities.elicitation_url;
    }
    capabilities.sampling = object_in(*declared, "sampling").has_value();
    capabilities.roots = object_in(*declared, "roots").has_value();
    if (const auto extensions = object_in(*declared, "extensions"))
        capabilities.tasks =
            revision.modern() && object_in(*extensions, tasks_extension).has_value();
    return capabilities;
}

}  // namespace blender_mcpd::mcp
