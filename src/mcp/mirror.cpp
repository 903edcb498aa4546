#include "mirror.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace blender_mcpd::mcp {

namespace {

RpcError mismatch(std::string_view header, std::string_view rule) {
    return {RpcCode::header_mismatch, fmt::format("Header mismatch: {} {}", header, rule)};
}

// =?base64?…?= carries what a header cannot; nullopt when that is malformed.
std::optional<std::string> decoded(std::string_view value) {
    constexpr std::string_view begin = "=?base64?";
    constexpr std::string_view end = "?=";
    if (!value.starts_with(begin) || !value.ends_with(end) ||
        value.size() < begin.size() + end.size())
        return std::string(value);
    value.remove_prefix(begin.size());
    value.remove_suffix(end.size());
    std::string bytes;
    if (!core::decode_base64(bytes, value)) return {};
    return bytes;
}

std::string_view mirrored_parameter(std::string_view method) {
    if (method == "tools/call" || method == "prompts/get") return "name";
    if (method == "resources/read") return "uri";
    if (method == "tasks/get" || method == "tasks/update" || method == "tasks/cancel")
        return "taskId";
    return {};
}

bool agrees(const std::string& header, const core::Json& value) {
    if (value.is_string()) return header == value.get<std::string>();
    if (value.is_boolean()) return header == (value.get<bool>() ? "true" : "false");
    if (!value.is_number()) return false;
    double number = 0;
    const auto* last = header.data() + header.size();
    const auto [end, error] = std::from_chars(header.data(), last, number);
    if (error != std::errc() || end != last || !std::isfinite(number)) return false;
    const auto difference = number - value.get<double>();
    return !(difference < 0) && !(difference > 0);
}

/// `value`: the argument; null when there is none, so that there must be no header either.
std::optional<RpcError> check_parameter_header(const MirroredHeaders& headers,
                                               const std::string& key, const std::string& argument,
                                               const core::Json* value) {
    const auto header = "Mcp-Param-" + key;
    const auto given = headers.parameters.find(core::lower_case(key));
    if (given == headers.parameters.end()) {
        if (value != nullptr) return mismatch(header, "is required");
        return {};
    }
    const auto text = decoded(given->second);
    if (!text) return mismatch(header, "is not valid base64");
    if (value == nullptr || !agrees(*text, *value))
        return mismatch(header, "must be the argument " + argument);
    return {};
}

}  // namespace

std::optional<RpcError> check_version_header(const MirroredHeaders& headers,
                                             const Envelope& envelope) {
    const auto claim = core::unquote(envelope.claim);
    if (!headers.protocol_version) return mismatch("MCP-Protocol-Version", "is required");
    if (claim && *headers.protocol_version != *claim)
        return mismatch("MCP-Protocol-Version",
                        "must be the version in _meta, " + core::excerpt(*claim));
    return {};
}

std::optional<RpcError> check_unclaimed(const MirroredHeaders& headers, std::string_view method) {
    if (!headers.protocol_version || *headers.protocol_version < modern_versions.back()) return {};
    if (method == "initialize")
        return mismatch("MCP-Protocol-Version", "names a revision that has no initialize");
    return RpcError{RpcCode::invalid_params,
                    fmt::format(R"(Invalid params: _meta["{}"] and _meta["{}"] are required)",
                                meta::protocol_version, meta::client_capabilities)};
}

std::optional<RpcError> check_name_headers(const MirroredHeaders& headers,
                                           const Exchange& exchange) {
    if (!headers.method) return mismatch("Mcp-Method", "is required");
    if (*headers.method != exchange.method)
        return mismatch("Mcp-Method", "must be the method of the request");
    const auto parameter = mirrored_parameter(exchange.method);
    if (parameter.empty()) return {};
    const auto expected = exchange.text(parameter);
    if (!expected) return {};  // the method itself says what is wrong
    if (!headers.name) return mismatch("Mcp-Name", "is required");
    if (decoded(*headers.name) != *expected)
        return mismatch("Mcp-Name", fmt::format("must be params.{} of the request", parameter));
    return {};
}

bool mirrors_parameters(const core::Json& input_schema) {
    const auto properties = input_schema.find("properties");
    if (properties == input_schema.end()) return false;
    return std::any_of(properties->begin(), properties->end(), [](const core::Json& property) {
        return property.is_object() &&
               (property.contains("x-mcp-header") || mirrors_parameters(property));
    });
}

std::optional<RpcError> check_parameter_headers(const MirroredHeaders& headers,
                                                const core::Json& input_schema,
                                                const core::Json& arguments) {
    const auto properties = input_schema.find("properties");
    if (properties == input_schema.end()) return {};
    for (const auto& [name, property] : properties->items()) {
        if (!property.is_object()) continue;
        const auto value = arguments.find(name);
        if (const auto key = property.find("x-mcp-header"); key != property.end())
            if (auto error = check_parameter_header(
                    headers, key->get<std::string>(), name,
                    value == arguments.end() || value->is_null() ? nullptr : &*value))
                return error;
        // Marked properties may be deeper, in objects.
        const bool object = value != arguments.end() && value->is_object();
        if (auto error =
                check_parameter_headers(headers, property, object ? *value : core::Json::object()))
            return error;
    }
    return {};
}

}  // namespace blender_mcpd::mcp
