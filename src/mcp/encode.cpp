#include "encode.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace blender_mcpd::mcp {

namespace {

// Whitespace between tokens is the only place where valid JSON can hold a line break, so a space
// does as well.
void append_on_one_line(std::string& out, std::string_view json) {
    const auto begin = out.size();
    out += json;
    std::replace_if(
        out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
        [](char c) { return c == '\n' || c == '\r'; }, ' ');
}

void append_content(std::string& out, const Content& content) {
    if (const auto* text = std::get_if<TextContent>(&content)) {
        out += R"({"type":"text","text":)";
        core::append_quoted(out, text->text);
        out += '}';
        return;
    }
    const auto& image = std::get<ImageContent>(content);
    out += R"({"type":"image","data":")";
    core::append_base64(out, image.bytes);
    out += R"(","mimeType":)";
    core::append_quoted(out, image.mime_type);
    out += '}';
}

std::string server_info(const Implementation& implementation) {
    return fmt::format(R"({{"name":{},"version":{}}})", core::quoted(implementation.name),
                       core::quoted(implementation.version));
}

void begin_result(std::string& out, std::string_view id, Revision revision) {
    out += R"({"jsonrpc":"2.0","id":)";
    out += id;
    out += R"(,"result":{)";
    if (revision.modern()) out += R"("resultType":"complete",)";
}

void end_result(std::string& out, Revision revision, const Implementation& implementation,
                std::string_view meta_members = {}) {
    if (revision.modern() || !meta_members.empty()) {
        out += R"("_meta":{)";
        out += meta_members;
        if (revision.modern()) {
            if (!meta_members.empty()) out += ',';
            out += '"';
            out += meta::server_info;
            out += "\":";
            out += server_info(implementation);
        }
        out += "},";
    }
    if (out.back() == ',') out.pop_back();
    out += "}}";
}

}  // namespace

std::string encode_error(std::string_view id, const RpcError& error) {
    std::string out = R"({"jsonrpc":"2.0",)";
    if (!id.empty()) {
        out += R"("id":)";
        out += id;
        out += ',';
    }
    out += fmt::format(R"("error":{{"code":{},"message":)", static_cast<int>(error.code));
    core::append_quoted(out, error.message);
    if (!error.data.empty()) {
        out += R"(,"data":)";
        append_on_one_line(out, error.data);
    }
    out += "}}";
    return out;
}

std::string encode_result(std::string_view id, Revision revision,
                          const Implementation& implementation, std::string_view members) {
    std::string out;
    begin_result(out, id, revision);
    out += members;
    if (!members.empty()) out += ',';
    end_result(out, revision, implementation);
    return out;
}

std::string encode_tool_result(std::string_view id, Revision revision,
                               const Implementation& implementation, const ToolResult& result) {
    std::string out;
    std::size_t image_bytes = 0;
    for (const auto& content : result.content)
        if (const auto* image = std::get_if<ImageContent>(&content))
            image_bytes += image->bytes.size();
    out.reserve(1024 + result.structured.size() * 5 / 2 + image_bytes * 4 / 3);

    begin_result(out, id, revision);
    out += R"("content":[)";
    if (!result.structured.empty()) {
        append_content(out, TextContent{result.structured});
        if (!result.content.empty()) out += ',';
    }
    for (std::size_t i = 0; i < result.content.size(); ++i) {
        if (i > 0) out += ',';
        append_content(out, result.content[i]);
    }
    out += "],";
    if (!result.structured.empty() && revision.has_structured_content()) {
        out += R"("structuredContent":)";
        append_on_one_line(out, result.structured);
        out += ',';
    }
    if (result.is_error) out += R"("isError":true,)";
    end_result(out, revision, implementation, result.meta);
    return out;
}

std::string encode_progress(std::string_view token, Revision revision, const Progress& progress) {
    std::string out =
        R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":)";
    out += token;
    out += fmt::format(R"(,"progress":{})", progress.value);
    if (progress.total && std::isfinite(*progress.total))
        out += fmt::format(R"(,"total":{})", *progress.total);
    if (!progress.message.empty() && revision.has_progress_message()) {
        out += R"(,"message":)";
        core::append_quoted(out, progress.message);
    }
    out += "}}";
    return out;
}

std::string initialize_members(Revision revision, const Implementation& implementation) {
    std::string info = fmt::format(R"("name":{},"version":{})", core::quoted(implementation.name),
                                   core::quoted(implementation.version));
    if (revision.has_titles()) info += R"(,"title":)" + core::quoted(implementation.title);
    return fmt::format(
        R"("protocolVersion":{},"capabilities":{{"tools":{{}}}},"serverInfo":{{{}}},"instructions":{})",
        core::quoted(revision.version), info, core::quoted(implementation.instructions));
}

namespace {

// Nothing that is listed changes while the daemon runs, so clients may keep it for long.
constexpr std::string_view cache_hints = R"("ttlMs":3600000,"cacheScope":"public")";

}  // namespace

std::string discover_members(const Implementation& implementation) {
    std::string versions;
    for (const auto version : modern_versions) {
        if (!versions.empty()) versions += ',';
        core::append_quoted(versions, version);
    }
    return fmt::format(
        R"("supportedVersions":[{}],"capabilities":{{"tools":{{}}}},"instructions":{},{})",
        versions, core::quoted(implementation.instructions), cache_hints);
}

namespace {

core::Json annotations_json(const Tool& tool) {
    return {{"readOnlyHint", tool.annotations.read_only},
            {"destructiveHint", tool.annotations.destructive},
            {"idempotentHint", tool.annotations.idempotent},
            {"openWorldHint", tool.annotations.open_world}};
}

core::Json tool_json(const Tool& tool, Revision revision) {
    core::Json json;
    json["name"] = tool.name;
    if (revision.has_titles()) json["title"] = tool.title;
    json["description"] = tool.description;
    json["inputSchema"] = tool.input_schema;
    if (revision.has_structured_content() && !tool.output_schema.is_null())
        json["outputSchema"] = tool.output_schema;
    if (revision.has_annotations()) json["annotations"] = annotations_json(tool);
    return json;
}

}  // namespace

std::string tools_list_members(Revision revision, const std::vector<Tool>& tools) {
    std::string out = R"("tools":[)";
    for (const auto& tool : tools) {
        if (out.back() != '[') out += ',';
        out += core::dump(tool_json(tool, revision));
    }
    out += ']';
    if (revision.modern()) {
        out += ',';
        out += cache_hints;
    }
    return out;
}

}  // namespace blender_mcpd::mcp
