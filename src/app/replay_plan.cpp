#include "replay_plan.hpp"

#include "audit_mask.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace blender_mcpd::app {

namespace {

using core::Json;

bool holds_mask(const Json& value) {
    if (value.is_string())
        return value.get_ref<const std::string&>().find(secret_mask) != std::string::npos;
    return value.is_structured() && std::ranges::any_of(value, holds_mask);
}

bool writes_files(std::string_view tool, const Json& arguments) {
    if (!arguments.is_object()) return false;
    const auto action = arguments.value("action", Json());
    return tool == "export_file" || (tool == "render" && arguments.contains("output")) ||
           (tool == "manage_file" && (action == "save" || action == "save_as"));
}

bool depends_on_the_moment(const Json& line) {
    constexpr std::array<std::string_view, 3> ends{"cancelled", "unanswered", "input_required"};
    constexpr std::array<std::string_view, 6> codes{"timeout",    "cancelled",   "shutting_down",
                                                    "connection", "unavailable", "busy"};
    const auto code = line.value("code", Json());
    return std::ranges::count(ends, line.at("outcome").get<std::string>()) > 0 ||
           (code.is_string() && std::ranges::count(codes, code.get<std::string>()) > 0);
}

}  // namespace

std::string first_instance(const std::vector<RecordedCall>& calls) {
    for (const auto& call : calls)
        if (const auto name = call.line.value("instance", Json()); name.is_string())
            return name.get<std::string>();
    return {};
}

std::string reason_to_skip(const RecordedCall& call, const std::string& instance) {
    const auto& line = call.line;
    const auto tool = line.at("tool").get<std::string>();
    if (depends_on_the_moment(line)) {
        const auto code = line.value("code", Json());
        return "how it ended depended on the moment (" +
               (code.is_string() ? code : line.at("outcome")).get<std::string>() + ')';
    }
    if (tool == "manage_instances") return "it is about other Blenders";
    const auto name = line.value("instance", Json());
    if (name.is_string() && name != instance)
        return "it went to another Blender, " + name.get<std::string>();
    const auto arguments = line.find("arguments");
    if (arguments == line.end()) return "its arguments were no JSON, and were not kept";
    if (writes_files(tool, *arguments)) return "it writes files outside of the scene";
    if (holds_mask(*arguments)) return "secrets in its arguments were masked";
    return {};
}

std::string call_without_arguments(const std::vector<RecordedCall>& calls) {
    const auto found = std::ranges::find_if(calls, [](const RecordedCall& call) {
        // What cannot be parsed is not kept, as it never did anything.
        return !call.line.contains("arguments") && call.line.value("edit", Json()).is_boolean();
    });
    return found == calls.end() ? "" : found->where;
}

}  // namespace blender_mcpd::app
