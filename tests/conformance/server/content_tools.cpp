// Tools that answer at once, or report progress and log on the way.
#include "fixtures.hpp"

namespace blender_mcpd::conformance {

namespace {

using namespace std::chrono_literals;

mcp::ToolAnswer content(std::vector<mcp::Content> blocks) {
    mcp::ToolResult result;
    result.content = std::move(blocks);
    return result;
}

Answer simple_text(mcp::CallContext, core::Json) {
    co_return text("This is a simple text response for testing.");
}

Answer image(mcp::CallContext, core::Json) {
    std::vector<mcp::Content> blocks{mcp::ImageContent{tiny_png, "image/png"}};
    co_return content(std::move(blocks));
}

Answer audio(mcp::CallContext, core::Json) {
    std::vector<mcp::Content> blocks{mcp::AudioContent{tiny_wav, "audio/wav"}};
    co_return content(std::move(blocks));
}

Answer embedded(mcp::CallContext, core::Json) {
    std::vector<mcp::Content> blocks{mcp::ResourceContents{
        "test://embedded-resource", "text/plain", "This is an embedded resource content.", false}};
    co_return content(std::move(blocks));
}

Answer mixed(mcp::CallContext, core::Json) {
    std::vector<mcp::Content> blocks{
        mcp::TextContent{"Multiple content types test:"}, mcp::ImageContent{tiny_png, "image/png"},
        mcp::ResourceContents{"test://mixed-content-resource", "application/json",
                              R"({"test":"data","value":123})", false}};
    co_return content(std::move(blocks));
}

Answer failing(mcp::CallContext, core::Json) {
    co_return mcp::error_result("This tool intentionally returns an error for testing");
}

Answer with_progress(core::Timers& timers, mcp::CallContext context) {
    for (const double value : {0.0, 50.0, 100.0}) {
        const mcp::Progress step{value, 100.0, "Step"};
        context.progress(step);
        co_await pause(timers, 50ms, context.cancel);
    }
    co_return text("Done");
}

Answer with_logging(core::Timers& timers, mcp::CallContext context) {
    for (const auto* message :
         {"Tool execution started", "Tool processing data", "Tool execution completed"}) {
        const core::Json data = message;
        context.log(mcp::LogLevel::info, data);
        co_await pause(timers, 50ms, context.cancel);
    }
    co_return text("Logged");
}

core::Json schema_2020_12() {
    return {
        {"$schema", "https://json-schema.org/draft/2020-12/schema"},
        {"type", "object"},
        {"$defs",
         {{"address",
           {{"$anchor", "addressDef"},
            {"type", "object"},
            {"properties", {{"street", {{"type", "string"}}}, {"city", {{"type", "string"}}}}}}}}},
        {"properties",
         {{"name", {{"type", "string"}}},
          {"address", {{"$ref", "#/$defs/address"}}},
          {"contactMethod", {{"type", "string"}, {"enum", {"phone", "email"}}}},
          {"phone", {{"type", "string"}}},
          {"email", {{"type", "string"}}}}},
        {"allOf", core::Json::array({{{"anyOf", core::Json::array({{{"required", {"phone"}}},
                                                                   {{"required", {"email"}}}})}}})},
        {"if",
         {{"properties", {{"contactMethod", {{"const", "phone"}}}}},
          {"required", {"contactMethod"}}}},
        {"then", {{"required", {"phone"}}}},
        {"else", {{"required", {"email"}}}},
        {"additionalProperties", false}};
}

Answer trigger_tool_change(mcp::Registry& registry) {
    if (!registry.remove_tool("test_changing"))
        registry.add(tool("test_changing", "Comes and goes.", simple_text));
    co_return text("The list of tools has changed");
}

Answer trigger_prompt_change(mcp::Registry& registry) {
    if (!registry.remove_prompt("test_changing_prompt")) {
        mcp::Prompt prompt;
        prompt.name = "test_changing_prompt";
        prompt.description = "Comes and goes.";
        prompt.handler = registry.prompts().front()->handler;
        registry.add(std::move(prompt));
    }
    co_return text("The list of prompts has changed");
}

Answer trigger_resource_update(mcp::Registry& registry, const core::Json& arguments) {
    registry.updated(arguments.value("uri", "test://watched-resource"));
    co_return text("The resource has changed");
}

}  // namespace

void add_content_tools(mcp::Registry& registry, core::Timers& timers) {
    // First: the suite calls the first listed tool without arguments to try its headers.
    registry.add(tool("test_simple_text", "Returns a text.", simple_text));
    registry.add(tool("test_image_content", "Returns an image.", image));
    registry.add(tool("test_audio_content", "Returns a sound.", audio));
    registry.add(tool("test_embedded_resource", "Returns a resource.", embedded));
    registry.add(tool("test_multiple_content_types", "Returns several blocks.", mixed));
    registry.add(tool("test_error_handling", "Fails.", failing));
    registry.add(tool("test_tool_with_progress", "Reports progress.",
                      [&timers](mcp::CallContext context, const core::Json&) {
                          return with_progress(timers, std::move(context));
                      }));
    for (const auto* name : {"test_tool_with_logging", "test_logging_tool"})
        registry.add(tool(name, "Logs.", [&timers](mcp::CallContext context, const core::Json&) {
            return with_logging(timers, std::move(context));
        }));
    registry.add(tool("test_header_parameter", "Its argument is repeated in a header.", simple_text,
                      {{"region", {{"type", "string"}, {"x-mcp-header", "Region"}}}}));
    auto complex = tool("json_schema_2020_12_tool", "Has a rich schema.", simple_text);
    complex.input_schema = schema_2020_12();
    registry.add(std::move(complex));
    registry.add(tool("test_trigger_tool_change", "Changes the list of tools.",
                      [&registry](const mcp::CallContext&, const core::Json&) {
                          return trigger_tool_change(registry);
                      }));
    registry.add(tool("test_trigger_prompt_change", "Changes the list of prompts.",
                      [&registry](const mcp::CallContext&, const core::Json&) {
                          return trigger_prompt_change(registry);
                      }));
    // The suite has no such tool; tests/interop subscribes to resources.
    registry.add(tool("test_trigger_resource_update", "Tells that a resource has changed.",
                      [&registry](const mcp::CallContext&, const core::Json& arguments) {
                          return trigger_resource_update(registry, arguments);
                      },
                      {{"uri", {{"type", "string"}}}}));
}

}  // namespace blender_mcpd::conformance
