#include "audit_line.hpp"

#include "audit_mask.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/core/utc_time.hpp>
#include <blender_mcpd/guard/sha256.hpp>

#include <fmt/format.h>

#include <cmath>
#include <string_view>
#include <utility>

namespace blender_mcpd::app {

namespace {

using core::Json;

constexpr std::size_t longest_name = 200;

/// The member, as text for people; null when there is none.
Json text_of(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string()) return nullptr;
    return core::excerpt(found->get_ref<const std::string&>(), longest_name);
}

Json client_of(const AuditedCall& call) {
    Json client{{"id", call.client}};
    const auto info = core::parse_json(call.client_info.empty() ? "{}" : call.client_info);
    if (!info || !info->is_object()) return client;
    for (const auto* name : {"name", "version"})
        if (auto text = text_of(*info, name); !text.is_null()) client[name] = std::move(text);
    return client;
}

/// The exact text of each script is named, wherever it stands in the arguments.
void add_scripts(Json& scripts, const Json& value, const std::string& place) {
    if (value.is_object()) {
        for (const auto& [name, member] : value.items()) {
            const auto where = place.empty() ? name : fmt::format("{}.{}", place, name);
            if (member.is_string() && (name == "code" || name == "return_expression"))
                scripts.push_back({{"at", core::excerpt(where, longest_name)},
                                   {"sha256", guard::sha256(member.get<std::string>())}});
            else
                add_scripts(scripts, member, where);
        }
    } else if (value.is_array()) {
        for (std::size_t index = 0; index < value.size(); ++index)
            add_scripts(scripts, value[index], fmt::format("{}[{}]", place, index));
    }
}

void add_arguments(Json& line, const AuditedCall& call, AuditArguments kept) {
    const std::string_view sent = *call.arguments;
    const auto raw = sent.empty() ? std::string_view("{}") : sent;
    auto arguments = core::parse_json(raw);
    const bool hashed = kept != AuditArguments::none;
    if (!arguments) {  // it was refused; nothing has a canonical form
        if (hashed) line["arguments_sha256"] = guard::sha256(raw);
        return;
    }
    if (hashed) line["arguments_sha256"] = guard::sha256(canonical_json(*arguments));
    auto scripts = Json::array();
    add_scripts(scripts, *arguments, {});
    if (!scripts.empty()) line["scripts"] = std::move(scripts);
    if (kept != AuditArguments::full) return;
    mask_secrets(*arguments);
    line["arguments"] = std::move(*arguments);
}

/// The member blender-mcpd/error of a result's _meta: {code, outcome}.
Json error_of(const mcp::ResultSummary& result) {
    const auto meta = core::parse_json('{' + result.meta + '}');
    if (!meta || !meta->contains("blender-mcpd/error")) return Json::object();
    return meta->at("blender-mcpd/error");
}

/// What became of the scene. What only reads, or never came to the point, has not changed it.
std::string scene_of(const AuditedCall& call, const Json& error) {
    const auto edit = call.notes.find("edit");
    if (edit == call.notes.end() || edit->second != true) return "not_applied";
    if (call.end->outcome == mcp::CallOutcome::ok) return "applied";
    if (call.end->outcome == mcp::CallOutcome::input_required) return "not_applied";
    return error.value("outcome", "unknown");
}

Json result_of(const mcp::ResultSummary& result, AuditResults kept) {
    Json about{{"bytes", result.bytes}, {"sha256", result.sha256}};
    if (result.images > 0) about["images"] = result.images;
    if (kept != AuditResults::full) return about;
    if (auto structured = core::parse_json(result.structured);
        structured && structured->is_object()) {
        mask_secrets(*structured);
        about["structured"] = std::move(*structured);
    } else if (!result.structured.empty()) {
        about["text"] = mask_secrets(result.structured);  // what no parser of ours takes
    }
    if (!result.text.empty()) about["text"] = mask_secrets(result.text);
    return about;
}

/// What a result says of the scene's generation.
std::optional<Json> generation_of(const mcp::ResultSummary& result) {
    const auto members = core::RawObject::scan(result.structured);
    if (!members) return {};
    const auto raw = members->find("generation");
    auto generation = core::parse_json(raw.value_or(""));
    if (!generation || !generation->is_number_unsigned()) return {};
    return std::move(*generation);
}

void add_end(Json& line, const AuditedCall& call, AuditResults kept) {
    const auto& end = *call.end;
    line["outcome"] = to_string(end.outcome);
    auto error = Json::object();
    if (end.result) error = error_of(*end.result);
    if (end.error) error["code"] = static_cast<int>(end.error->code);
    if (error.contains("code")) line["code"] = error["code"];
    line["scene"] = scene_of(call, error);
    if (end.result)
        if (auto generation = generation_of(*end.result)) line["generation"] = *generation;
    constexpr double microseconds = 1'000;
    line["duration_ms"] = std::round(call.duration_ms * microseconds) / microseconds;
    if (end.result) line["result"] = result_of(*end.result, kept);
}

std::string written(const Json& line) {
    return core::dump(line) + '\n';
}

}  // namespace

std::string canonical_json(const core::Json& value) {
    const nlohmann::json sorted = value;
    return sorted.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string audit_line(const AuditedCall& call, const AuditOptions& options) {
    Json line{{"event", call.end ? "call" : "begin"},
              {"time", core::utc_time(call.began)},
              {"call", call.id},
              {"client", client_of(call)},
              {"transport", call.transport},
              {"protocol", call.protocol}};
    const auto id = core::parse_json(call.request_id);
    line["request"] = id ? *id : Json(call.request_id);
    line["tool"] = core::excerpt(call.tool, longest_name);
    for (const auto* name : {"instance", "edit"})
        if (const auto note = call.notes.find(name); note != call.notes.end())
            line[name] = note->second;
    add_arguments(line, call, options.arguments);
    for (const auto* name : {"policy", "uuid"})
        if (const auto note = call.notes.find(name); note != call.notes.end())
            line[name] = note->second;
    if (call.end) add_end(line, call, options.results);
    return written(line);
}

std::string lost_line(std::uint64_t lines, std::chrono::system_clock::time_point now) {
    return written({{"event", "lost"}, {"time", core::utc_time(now)}, {"lines", lines}});
}

}  // namespace blender_mcpd::app
