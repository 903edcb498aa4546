// Tools that ask the client once.
#include "fixtures.hpp"

namespace blender_mcpd::conformance {

namespace {

mcp::InputRequest sample(const std::string& prompt, int max_tokens) {
    return {"sampling/createMessage",
            {{"messages", core::Json::array({{{"role", "user"},
                                              {"content", {{"type", "text"}, {"text", prompt}}}}})},
             {"maxTokens", max_tokens}}};
}

mcp::InputRequired question(const std::string& key, mcp::InputRequest request) {
    mcp::InputRequired needed;
    needed.requests.emplace(key, std::move(request));
    return needed;
}

std::string sampled_text(const core::Json& answer) {
    const auto content = answer.value("content", core::Json::object());
    return content.is_object() ? content.value("text", "") : "";
}

Answer sampling(mcp::CallContext context, core::Json arguments) {
    const auto answer = context.inputs.find("sample");
    if (answer == context.inputs.end())
        co_return question("sample", sample(arguments.value("prompt", ""), 100));
    co_return text("LLM response: " + sampled_text(answer->second));
}

Answer ask_form(std::string message, core::Json schema, mcp::CallContext context) {
    const auto answer = context.inputs.find("form");
    if (answer == context.inputs.end())
        co_return question("form", mcp::elicit(std::move(message), std::move(schema)));
    co_return text("User response: action=" + answer->second.value("action", "") + ", content=" +
                   core::dump(answer->second.value("content", core::Json::object())));
}

Answer elicitation(mcp::CallContext context, core::Json arguments) {
    core::Json schema{{"type", "object"},
                      {"properties",
                       {{"username", {{"type", "string"}, {"description", "User's response"}}},
                        {"email", {{"type", "string"}, {"description", "User's email address"}}}}},
                      {"required", {"username", "email"}}};
    return ask_form(arguments.value("message", "Who are you?"), std::move(schema),
                    std::move(context));
}

Answer defaults(mcp::CallContext context, core::Json) {
    core::Json schema{{"type", "object"},
                      {"properties",
                       {{"name", {{"type", "string"}, {"default", "John Doe"}}},
                        {"age", {{"type", "integer"}, {"default", 30}}},
                        {"score", {{"type", "number"}, {"default", 95.5}}},
                        {"status",
                         {{"type", "string"},
                          {"enum", {"active", "inactive", "pending"}},
                          {"default", "active"}}},
                        {"verified", {{"type", "boolean"}, {"default", true}}}}},
                      {"required", core::Json::array()}};
    return ask_form("Please review the defaults", std::move(schema), std::move(context));
}

core::Json titled(std::initializer_list<std::pair<const char*, const char*>> options) {
    auto list = core::Json::array();
    for (const auto& [value, title] : options)
        list.push_back({{"const", value}, {"title", title}});
    return list;
}

Answer enums(mcp::CallContext context, core::Json) {
    const auto options = titled(
        {{"value1", "First Option"}, {"value2", "Second Option"}, {"value3", "Third Option"}});
    core::Json schema{
        {"type", "object"},
        {"properties",
         {{"untitledSingle", {{"type", "string"}, {"enum", {"option1", "option2", "option3"}}}},
          {"titledSingle", {{"type", "string"}, {"oneOf", options}}},
          {"legacyEnum",
           {{"type", "string"},
            {"enum", {"opt1", "opt2", "opt3"}},
            {"enumNames", {"Option One", "Option Two", "Option Three"}}}},
          {"untitledMulti",
           {{"type", "array"},
            {"items", {{"type", "string"}, {"enum", {"option1", "option2", "option3"}}}}}},
          {"titledMulti", {{"type", "array"}, {"items", {{"anyOf", options}}}}}}},
        {"required", core::Json::array()}};
    return ask_form("Please choose", std::move(schema), std::move(context));
}

Answer missing_capability(mcp::CallContext context, core::Json) {
    if (context.capabilities.sampling) co_return text("The client has sampling");
    co_return mcp::RpcError{mcp::RpcCode::missing_client_capability, "Sampling is required",
                            R"({"requiredCapabilities":{"sampling":{}}})"};
}

Answer streaming_elicitation(mcp::CallContext context, core::Json) {
    const auto name = form_text(context, "user_name", "name");
    if (name.empty()) co_return question("user_name", ask_text("What is your name?", "name"));
    co_return text("Hello, " + name + "!");
}

}  // namespace

void add_asking_tools(mcp::Registry& registry) {
    registry.add(tool("test_sampling", "Asks the client's model.", sampling,
                      {{"prompt", {{"type", "string"}}}}));
    registry.add(tool("test_elicitation", "Asks the user.", elicitation,
                      {{"message", {{"type", "string"}}}}));
    registry.add(tool("test_elicitation_sep1034_defaults", "Asks with defaults.", defaults));
    registry.add(tool("test_elicitation_sep1330_enums", "Asks with choices.", enums));
    registry.add(tool("test_missing_capability", "Needs sampling.", missing_capability));
    registry.add(tool("test_streaming_elicitation", "Asks for a name.", streaming_elicitation));
}

}  // namespace blender_mcpd::conformance
