#include "fixtures.hpp"

namespace blender_mcpd::conformance {

namespace {

using Got = boost::asio::awaitable<mcp::PromptAnswer>;
using Arguments = std::map<std::string, std::string>;

mcp::PromptMessage message(mcp::Content content) {
    return {"user", std::move(content)};
}

Got answer(std::vector<mcp::Content> blocks) {
    mcp::PromptResult result;
    for (auto& block : blocks)
        result.messages.push_back(message(std::move(block)));
    co_return result;
}

Got simple(mcp::CallContext, Arguments) {
    return answer({mcp::TextContent{"This is a simple prompt for testing."}});
}

Got with_arguments(mcp::CallContext, Arguments arguments) {
    return answer({mcp::TextContent{"Prompt with arguments: arg1='" + arguments["arg1"] +
                                    "', arg2='" + arguments["arg2"] + "'"}});
}

Got with_resource(mcp::CallContext, Arguments arguments) {
    return answer({mcp::ResourceContents{arguments["resourceUri"], "text/plain",
                                         "Embedded resource content for testing.", false},
                   mcp::TextContent{"Please process the embedded resource above."}});
}

Got with_image(mcp::CallContext, Arguments) {
    return answer({mcp::ImageContent{tiny_png, "image/png"},
                   mcp::TextContent{"Please analyze the image above."}});
}

Got asking(mcp::CallContext context, Arguments) {
    const auto given = form_text(context, "user_context", "context");
    if (given.empty()) {
        mcp::InputRequired needed;
        needed.requests.emplace("user_context",
                                ask_text("What context should the prompt use?", "context"));
        co_return needed;
    }
    mcp::PromptResult result;
    result.messages.push_back(message(mcp::TextContent{"Use this context: " + given}));
    co_return result;
}

boost::asio::awaitable<mcp::Completion> complete(mcp::CallContext, mcp::CompletionRequest request) {
    mcp::Completion completion;
    for (const auto* value : {"paris", "park", "party", "test", "testing"})
        if (std::string_view(value).starts_with(request.value))
            completion.values.emplace_back(value);
    co_return completion;
}

mcp::Prompt prompt(std::string name, mcp::PromptHandler handler,
                   std::vector<std::string> arguments = {}) {
    mcp::Prompt made;
    made.name = std::move(name);
    made.description = "A prompt for testing.";
    for (auto& argument : arguments)
        made.arguments.push_back({argument, {}, "An argument for testing.", true});
    made.handler = std::move(handler);
    return made;
}

}  // namespace

void add_prompts(mcp::Registry& registry) {
    registry.add(prompt("test_simple_prompt", simple));
    auto completed = prompt("test_prompt_with_arguments", with_arguments, {"arg1", "arg2"});
    completed.complete = complete;
    registry.add(std::move(completed));
    registry.add(prompt("test_prompt_with_embedded_resource", with_resource, {"resourceUri"}));
    registry.add(prompt("test_prompt_with_image", with_image));
    registry.add(prompt("test_input_required_result_prompt", asking));
}

}  // namespace blender_mcpd::conformance
