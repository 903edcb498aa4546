#include "encode_lists.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace blender_mcpd::mcp {

namespace {

// Lists change while the daemon runs, rarely; clients that listen hear of it.
constexpr std::string_view cache_hints = R"(,"ttlMs":60000,"cacheScope":"public")";

core::Json capabilities_json(Revision revision, const Registry& registry) {
    core::Json json;
    json["tools"] = {{"listChanged", true}};
    if (offers_resources(registry))
        json["resources"] = {{"subscribe", true}, {"listChanged", true}};
    if (!registry.prompts().empty()) json["prompts"] = {{"listChanged", true}};
    if (offers_completions(registry) && revision.has_completions_capability())
        json["completions"] = core::Json::object();
    json["logging"] = core::Json::object();
    if (!offers_tasks(registry)) return json;
    if (revision.has_tasks())
        json["tasks"] = {{"list", core::Json::object()},
                         {"cancel", core::Json::object()},
                         {"requests", {{"tools", {{"call", core::Json::object()}}}}}};
    if (revision.modern())
        json["extensions"] = {{std::string(tasks_extension), core::Json::object()}};
    return json;
}

/// Without what is so by default, or means nothing for a tool that only reads: every byte is read
/// by a model in every conversation. destructiveHint is always there, as some directories of
/// servers ask for one of the first two.
core::Json annotations_json(const ToolAnnotations& annotations) {
    core::Json json;
    if (annotations.read_only) {
        json["readOnlyHint"] = true;
    } else {
        json["destructiveHint"] = annotations.destructive;
        if (annotations.idempotent) json["idempotentHint"] = true;
    }
    if (!annotations.open_world) json["openWorldHint"] = false;
    return json;
}

std::string_view to_string(TaskSupport support) {
    return support == TaskSupport::required ? "required" : "optional";
}

core::Json to_json(const Tool& tool, Revision revision) {
    core::Json json;
    json["name"] = tool.name;
    if (revision.has_titles()) json["title"] = tool.title;
    json["description"] = tool.description;
    json["inputSchema"] = tool.input_schema;
    if (revision.has_structured_content() && !tool.output_schema.is_null())
        json["outputSchema"] = tool.output_schema;
    if (revision.has_annotations()) json["annotations"] = annotations_json(tool.annotations);
    if (revision.has_tasks() && tool.task_support != TaskSupport::forbidden)
        json["execution"] = {{"taskSupport", to_string(tool.task_support)}};
    return json;
}

void set_name(core::Json& json, Revision revision, const auto& entry) {
    json["name"] = entry.name;
    if (revision.has_titles() && !entry.title.empty()) json["title"] = entry.title;
    if (!entry.description.empty()) json["description"] = entry.description;
}

core::Json to_json(const Prompt& prompt, Revision revision) {
    core::Json json;
    set_name(json, revision, prompt);
    auto arguments = core::Json::array();
    for (const auto& argument : prompt.arguments) {
        core::Json entry;
        set_name(entry, revision, argument);
        entry["required"] = argument.required;
        arguments.push_back(std::move(entry));
    }
    if (!arguments.empty()) json["arguments"] = std::move(arguments);
    return json;
}

core::Json to_json(const auto& entry, const char* uri_member, const std::string& uri,
                   Revision revision) {
    core::Json json;
    json[uri_member] = uri;
    set_name(json, revision, entry);
    if (!entry.mime_type.empty()) json["mimeType"] = entry.mime_type;
    return json;
}

core::Json to_json(const Resource& resource, Revision revision) {
    return to_json(resource, "uri", resource.uri, revision);
}

core::Json to_json(const ResourceTemplate& resource_template, Revision revision) {
    return to_json(resource_template, "uriTemplate", resource_template.uri_template, revision);
}

template <typename T>
std::string list_members(std::string_view name, Revision revision,
                         const Registry::List<T>& entries) {
    auto out = fmt::format("\"{}\":[", name);
    for (const auto& entry : entries) {
        if (out.back() != '[') out += ',';
        out += core::dump(to_json(*entry, revision));
    }
    out += ']';
    if (revision.modern()) out += cache_hints;
    return out;
}

}  // namespace

bool offers_resources(const Registry& registry) {
    return !registry.resources().empty() || !registry.templates().empty();
}

bool offers_tasks(const Registry& registry) {
    return registry.has_tasks();
}

bool offers_completions(const Registry& registry) {
    const auto completes = [](const auto& entry) { return static_cast<bool>(entry->complete); };
    return std::any_of(registry.prompts().begin(), registry.prompts().end(), completes) ||
           std::any_of(registry.templates().begin(), registry.templates().end(), completes);
}

std::string initialize_members(Revision revision, const Server& server) {
    const auto& implementation = server.implementation();
    core::Json info{{"name", implementation.name}, {"version", implementation.version}};
    if (revision.has_titles()) info["title"] = implementation.title;
    return fmt::format(
        R"("protocolVersion":{},"capabilities":{},"serverInfo":{},"instructions":{})",
        core::quoted(revision.version), core::dump(capabilities_json(revision, server.registry())),
        core::dump(info), core::quoted(implementation.instructions));
}

std::string discover_members(Revision revision, const Server& server) {
    return fmt::format(R"("supportedVersions":{},"capabilities":{},"instructions":{}{})",
                       core::dump(core::Json(modern_versions)),
                       core::dump(capabilities_json(revision, server.registry())),
                       core::quoted(server.implementation().instructions), cache_hints);
}

std::string tools_list_members(Revision revision, const Registry& registry) {
    return list_members("tools", revision, registry.tools());
}

std::string prompts_list_members(Revision revision, const Registry& registry) {
    return list_members("prompts", revision, registry.prompts());
}

std::string resources_list_members(Revision revision, const Registry& registry) {
    return list_members("resources", revision, registry.resources());
}

std::string templates_list_members(Revision revision, const Registry& registry) {
    return list_members("resourceTemplates", revision, registry.templates());
}

}  // namespace blender_mcpd::mcp
