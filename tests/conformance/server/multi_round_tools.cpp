// Tools and a prompt that end with input_required (2026-07-28 basic/multi-round-trip).
#include "fixtures.hpp"

#include <utility>

namespace blender_mcpd::conformance {

namespace {

const mcp::InputRequest roots{"roots/list", core::Json::object()};

mcp::InputRequest sample(const std::string& prompt, int max_tokens) {
    return {"sampling/createMessage",
            {{"messages", core::Json::array({{{"role", "user"},
                                              {"content", {{"type", "text"}, {"text", prompt}}}}})},
             {"maxTokens", max_tokens}}};
}

mcp::InputRequest ask_to_confirm() {
    return mcp::elicit("Please confirm", {{"type", "object"},
                                          {"properties", {{"ok", {{"type", "boolean"}}}}},
                                          {"required", {"ok"}}});
}

mcp::InputRequired needs(std::string key, mcp::InputRequest request, std::string state = {}) {
    mcp::InputRequired needed;
    needed.requests.emplace(std::move(key), std::move(request));
    needed.state = std::move(state);
    return needed;
}

Answer elicitation(mcp::CallContext context, core::Json) {
    const auto name = form_text(context, "user_name", "name");
    if (name.empty()) co_return needs("user_name", ask_text("What is your name?", "name"));
    co_return text("Hello, " + name + "!");
}

Answer sampling(mcp::CallContext context, core::Json) {
    const auto answer = context.inputs.find("capital_question");
    if (answer == context.inputs.end())
        co_return needs("capital_question", sample("What is the capital of France?", 100));
    co_return text("The model said: " + core::dump(answer->second.value("content", core::Json())));
}

Answer list_roots(mcp::CallContext context, core::Json) {
    const auto answer = context.inputs.find("client_roots");
    if (answer == context.inputs.end()) co_return needs("client_roots", roots);
    co_return text("Roots: " + core::dump(answer->second.value("roots", core::Json::array())));
}

/// Asks for a confirmation and insists on its own state.
Answer request_state(mcp::CallContext context, core::Json) {
    constexpr auto state = "asked";
    if (context.state != state || !context.inputs.contains("confirm"))
        co_return needs("confirm", ask_to_confirm(), state);
    co_return text("state-ok");
}

Answer multiple_inputs(mcp::CallContext context, core::Json) {
    constexpr auto state = "asked-three";
    const bool all = context.inputs.contains("user_name") && context.inputs.contains("greeting") &&
                     context.inputs.contains("client_roots");
    if (all && context.state == state)
        co_return text("Hello, " + form_text(context, "user_name", "name") + "!");
    mcp::InputRequired needed;
    needed.state = state;
    needed.requests.emplace("user_name", ask_text("What is your name?", "name"));
    needed.requests.emplace("greeting", sample("Generate a greeting", 50));
    needed.requests.emplace("client_roots", roots);
    co_return needed;
}

/// Three rounds; what was answered travels in the state.
Answer multi_round(mcp::CallContext context, core::Json) {
    const auto name = form_text(context, "step1", "name");
    const auto color = form_text(context, "step2", "color");
    if (context.state.starts_with("2:") && !color.empty())
        co_return text(context.state.substr(2) + " likes " + color);
    if (context.state == "1" && !name.empty())
        co_return needs("step2", ask_text("Step 2: What is your favorite color?", "color"),
                        "2:" + name);
    co_return needs("step1", ask_text("Step 1: What is your name?", "name"), "1");
}

/// Only what the client declared.
Answer capabilities(mcp::CallContext context, core::Json) {
    if (!context.inputs.empty()) co_return text("Answered");
    mcp::InputRequired needed;
    if (context.capabilities.elicitation_form)
        needed.requests.emplace("user_name", ask_text("What is your name?", "name"));
    if (context.capabilities.sampling)
        needed.requests.emplace("greeting", sample("Generate a greeting", 50));
    if (context.capabilities.roots) needed.requests.emplace("client_roots", roots);
    if (needed.requests.empty()) co_return text("The client can answer nothing");
    co_return needed;
}

}  // namespace

void add_multi_round_tools(mcp::Registry& registry) {
    const auto add = [&](const std::string& name, Handler handler) {
        registry.add(
            tool("test_input_required_result_" + name, "Asks: " + name + ".", std::move(handler)));
    };
    add("elicitation", elicitation);
    add("sampling", sampling);
    add("list_roots", list_roots);
    add("request_state", request_state);
    add("multiple_inputs", multiple_inputs);
    add("multi_round", multi_round);
    add("tampered_state", request_state);
    add("capabilities", capabilities);
}

}  // namespace blender_mcpd::conformance
