#include "content.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <utility>

namespace blender_mcpd::mcp {

// Whitespace between tokens is the only place where valid JSON can hold a line break, so a space
// does as well.
void append_on_one_line(std::string& out, std::string json) {
    for (const char line_break : {'\n', '\r'})
        for (auto at = json.find(line_break); at != std::string::npos;
             at = json.find(line_break, at))
            json[at] = ' ';
    if (json.size() <= out.size()) {
        out += json;
    } else {
        json.insert(0, out);
        out = std::move(json);
    }
}

namespace {

struct Appender {
    std::string& out;
    Revision revision;

    void operator()(const TextContent& content) const {
        out += R"({"type":"text","text":)";
        core::append_quoted(out, content.text);
        out += '}';
    }
    void operator()(const ImageContent& content) const {
        media("image", content.bytes, content.mime_type);
    }
    void operator()(const AudioContent& content) const {
        if (revision.has_audio()) return media("audio", content.bytes, content.mime_type);
        (*this)(TextContent{"(A sound, " + content.mime_type +
                            ", that this revision of the protocol cannot carry)"});
    }
    void operator()(const ResourceLink& link) const {
        if (!revision.has_resource_links())
            return (*this)(TextContent{link.name + ": " + link.uri});
        out += R"({"type":"resource_link","uri":)" + core::quoted(link.uri);
        out += R"(,"name":)" + core::quoted(link.name);
        if (!link.description.empty()) out += R"(,"description":)" + core::quoted(link.description);
        if (!link.mime_type.empty()) out += R"(,"mimeType":)" + core::quoted(link.mime_type);
        out += '}';
    }
    void operator()(const ResourceContents& contents) const {
        out += R"({"type":"resource","resource":)";
        append_contents(out, contents);
        out += '}';
    }

  private:
    void media(std::string_view type, std::string_view bytes, std::string_view mime_type) const {
        out += R"({"type":")";
        out += type;
        out += R"(","data":")";
        core::append_base64(out, bytes);
        out += R"(","mimeType":)";
        core::append_quoted(out, mime_type);
        out += '}';
    }
};

// Of a message: its id, its _meta, and what stands around them.
constexpr std::size_t reserve_for_the_rest = 1024;

std::string about_long(std::string_view structured) {
    return fmt::format(
        "The result has {} bytes. It is in structuredContent only; to read it as text, ask for "
        "less.",
        structured.size());
}

}  // namespace

void append_content(std::string& out, Revision revision, const Content& content) {
    std::visit(Appender{out, revision}, content);
}

void append_contents(std::string& out, const ResourceContents& contents) {
    out += R"({"uri":)" + core::quoted(contents.uri);
    if (!contents.mime_type.empty()) out += R"(,"mimeType":)" + core::quoted(contents.mime_type);
    if (contents.binary) {
        out += R"(,"blob":")";
        core::append_base64(out, contents.data);
        out += '"';
    } else {
        out += R"(,"text":)";
        core::append_quoted(out, contents.data);
    }
    out += '}';
}

void append_tool_result(std::string& out, Revision revision, ToolResult result) {
    const bool as_structured = !result.structured.empty() && revision.has_structured_content();
    const bool twice = !as_structured || result.structured.size() <= longest_text_copy;
    const auto expected = tool_result_size(result);
    if (twice) out.reserve(out.size() + expected + reserve_for_the_rest);
    out += R"("content":[)";
    if (!result.structured.empty()) {
        append_content(out, revision,
                       TextContent{twice ? result.structured : about_long(result.structured)});
        if (!result.content.empty()) out += ',';
    }
    for (std::size_t i = 0; i < result.content.size(); ++i) {
        if (i > 0) out += ',';
        append_content(out, revision, result.content[i]);
    }
    out += ']';
    if (as_structured) {
        out += R"(,"structuredContent":)";
        append_on_one_line(out, std::move(result.structured));
    }
    if (result.is_error) out += R"(,"isError":true)";
}

std::size_t tool_result_size(const ToolResult& result) {
    auto size = result.structured.size() * 5 / 2;
    for (const auto& content : result.content) {
        if (const auto* image = std::get_if<ImageContent>(&content))
            size += image->bytes.size() * 4 / 3;
        if (const auto* audio = std::get_if<AudioContent>(&content))
            size += audio->bytes.size() * 4 / 3;
    }
    return size;
}

}  // namespace blender_mcpd::mcp
