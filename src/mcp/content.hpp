// Content blocks as JSON, gated by what the revision knows.
#pragma once

#include <blender_mcpd/mcp/content.hpp>
#include <blender_mcpd/mcp/protocol.hpp>
#include <blender_mcpd/mcp/tool.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace blender_mcpd::mcp {

/// Raw JSON without its line breaks. The longer of the two is not copied.
void append_on_one_line(std::string& out, std::string json);

void append_content(std::string& out, Revision revision, const Content& content);
void append_contents(std::string& out, const ResourceContents& contents);

/// Longer results are not given a second time, as text: no model could read that.
inline constexpr std::size_t longest_text_copy = std::size_t{1} << 20;

/// The members content, structuredContent and isError.
void append_tool_result(std::string& out, Revision revision, ToolResult result);
/// About how many bytes that takes.
[[nodiscard]] std::size_t tool_result_size(const ToolResult& result);

}  // namespace blender_mcpd::mcp
