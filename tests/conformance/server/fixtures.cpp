#include "fixtures.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/text.hpp>

namespace blender_mcpd::conformance {

namespace {

std::string decoded(std::string_view base64) {
    std::string bytes;
    (void)core::decode_base64(bytes, base64);
    return bytes;
}

}  // namespace

const std::string tiny_png = decoded(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJg"
    "gg==");
const std::string tiny_wav =
    decoded("UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=");

mcp::Tool tool(std::string name, std::string description, Handler handler, core::Json properties) {
    mcp::Tool tool;
    tool.name = std::move(name);
    tool.title = tool.name;
    tool.description = std::move(description);
    tool.input_schema = {{"type", "object"}, {"properties", std::move(properties)}};
    tool.handler = std::move(handler);
    return tool;
}

mcp::ToolResult text(std::string content) {
    mcp::ToolResult result;
    result.content.emplace_back(mcp::TextContent{std::move(content)});
    return result;
}

boost::asio::awaitable<void> pause(core::Timers& timers, std::chrono::milliseconds time,
                                   core::CancelToken cancel) {
    core::Event over(timers.executor());
    core::Timer timer(timers, "pause");
    timer.start(time, [&] { over.set(); });
    (void)co_await over.wait(std::move(cancel));
}

std::string form_text(const mcp::CallContext& context, const std::string& key,
                      const std::string& member) {
    const auto answer = context.inputs.find(key);
    if (answer == context.inputs.end()) return {};
    const auto content = answer->second.value("content", core::Json::object());
    if (!content.is_object() || !content.contains(member)) return {};
    const auto& value = content[member];
    return value.is_string() ? value.get<std::string>() : core::dump(value);
}

mcp::InputRequest ask_text(std::string message, const std::string& member) {
    return mcp::elicit(std::move(message), {{"type", "object"},
                                            {"properties", {{member, {{"type", "string"}}}}},
                                            {"required", {member}}});
}

}  // namespace blender_mcpd::conformance
