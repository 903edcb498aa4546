#include "fake_offers.hpp"

#include <fmt/format.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace blender_mcpd::mcp {

namespace {

using Answer = boost::asio::awaitable<ToolAnswer>;
using Body = Answer (*)(core::Event& gate, CallContext context, core::Json arguments);

ToolResult text(std::string content) {
    ToolResult result;
    result.content.emplace_back(TextContent{std::move(content)});
    return result;
}

InputRequest name_question(std::string message) {
    const core::Json schema{{"type", "object"}, {"properties", {{"name", {{"type", "string"}}}}}};
    return elicit(std::move(message), schema);
}

InputRequired ask_name(std::string state) {
    return {{{"name", name_question("Who?")}}, std::move(state)};
}

InputRequired ask_page() {
    return {{{"page",
              {"elicitation/create",
               {{"mode", "url"}, {"message", "Look"}, {"url", "https://example.org/"}}}}}};
}

/// The name that was given, or how the user did not.
std::string name_in(const core::Json& response) {
    if (response.value("action", "") != "accept") return response.value("action", "nothing");
    return "hello " + response.at("content").at("name").get<std::string>();
}

// Those that ask.

Answer asking(core::Event&, CallContext context, core::Json) {
    if (!context.inputs.contains("name")) co_return ask_name("asked");
    co_return text(name_in(context.inputs.at("name")) + ", state " + context.state);
}

Answer asking_all(core::Event&, CallContext context, core::Json) {
    const core::Json message{{"role", "user"}, {"content", {{"type", "text"}, {"text", "?"}}}};
    InputRequired all{{{"name", name_question("Who?")},
                       {"capital",
                        {"sampling/createMessage",
                         {{"messages", core::Json::array({message})}, {"maxTokens", 9}}}},
                       {"roots", {"roots/list"}}}};
    std::erase_if(all.requests,
                  [&](const auto& request) { return context.inputs.contains(request.first); });
    if (!all.requests.empty()) co_return all;
    co_return text(core::dump(context.inputs));
}

Answer asking_page(core::Event&, CallContext context, core::Json) {
    if (context.inputs.empty()) co_return ask_page();
    co_return text("visited");
}

Answer asking_always(core::Event&, CallContext, core::Json) {
    co_return ask_name({});
}

Answer asking_again(core::Event&, CallContext context, core::Json) {
    if (context.state.empty()) co_return InputRequired{{}, "again"};
    co_return text("state " + context.state);
}

Answer asking_nothing(core::Event&, CallContext, core::Json) {
    co_return InputRequired{};
}

Answer asking_wrong(core::Event&, CallContext, core::Json) {
    co_return InputRequired{{{"key", {"tools/list"}}}};
}

// Those that tell.

Answer logging(core::Event&, CallContext context, core::Json) {
    context.log(LogLevel::debug, "fine");
    context.log(LogLevel::info, {{"detail", 1}});
    context.log(LogLevel::warning, "odd\nline");
    context.log(LogLevel::error, "bad");
    co_return text("logged");
}

Answer logging_late(core::Event& gate, CallContext context, core::Json) {
    context.log(LogLevel::error, "begin");
    co_await gate.wait();
    context.log(LogLevel::error, "end");
    co_return text("logged");
}

Answer content(core::Event&, CallContext, core::Json) {
    auto result = text("a text");
    result.content.emplace_back(AudioContent{"RIFF", "audio/wav"});
    result.content.emplace_back(ResourceLink{"test://text", "text", "A text.", "text/plain"});
    result.content.emplace_back(ResourceContents{"test://text", "text/plain", "words"});
    result.content.emplace_back(ResourceContents{"test://blob", "", "\xFF\xFE", true});
    co_return result;
}

Answer regional(core::Event&, CallContext, core::Json arguments) {
    co_return text(core::dump(arguments));
}

// Those that run as tasks.

Answer wait(core::Event& gate, CallContext context, core::Json) {
    context.progress({1, 2, "half"});
    const bool opened = co_await gate.wait(context.cancel);
    co_return opened ? text("done") : error_result("cancelled");
}

Answer wait_deaf(core::Event& gate, CallContext, core::Json) {
    co_await gate.wait();
    co_return text("done");
}

Answer fail(core::Event&, CallContext, core::Json) {
    co_return error_result("no luck");
}

Answer break_off(core::Event&, CallContext, core::Json) {
    co_return RpcError{RpcCode::invalid_params, "no sense"};
}

Answer explode(core::Event&, CallContext, core::Json) {
    throw std::runtime_error("a bug");
    co_return ToolResult{};
}

Answer ask_twice(core::Event&, CallContext context, core::Json) {
    if (context.inputs.empty()) co_return ask_name("first");
    const auto name = name_in(context.inputs.at("name"));
    if (context.state == "first") co_return ask_name(name);
    co_return text(context.state + ", " + name);
}

Answer ask_two(core::Event&, CallContext context, core::Json) {
    if (context.inputs.empty())
        co_return InputRequired{{{"a", name_question("A?")}, {"b", name_question("B?")}}};
    co_return text(name_in(context.inputs.at("a")) + ", " + name_in(context.inputs.at("b")));
}

Answer ask_again(core::Event&, CallContext context, core::Json) {
    if (context.state.size() < 2) co_return InputRequired{{}, context.state + "x"};
    co_return text("state " + context.state);
}

Answer nest(core::Event&, CallContext, core::Json) {
    co_return StartTask{};
}

Answer as_task(core::Event& gate, Body body, CallContext context, core::Json arguments) {
    if (!context.can_task) return body(gate, std::move(context), std::move(arguments));
    return [](StartTask task) -> Answer {
        co_return task;
    }(StartTask{[&gate, body](CallContext own) { return body(gate, std::move(own), {}); }});
}

Tool tool(std::string name, core::Event& gate, Body body) {
    Tool tool;
    tool.name = std::move(name);
    tool.title = "A tool";
    tool.description = "Does it.";
    tool.input_schema = {{"type", "object"}};
    tool.handler = [&gate, body](CallContext context, core::Json arguments) {
        return body(gate, std::move(context), std::move(arguments));
    };
    return tool;
}

Tool worker(std::string name, core::Event& gate, Body body) {
    auto made = tool(std::move(name), gate, body);
    made.task_support = TaskSupport::optional;
    made.handler = [&gate, body](CallContext context, core::Json arguments) {
        return as_task(gate, body, std::move(context), std::move(arguments));
    };
    return made;
}

}  // namespace

std::vector<Tool> offered_tools(core::Event& gate) {
    std::vector<Tool> tools{
        tool("asking", gate, asking),
        tool("asking_all", gate, asking_all),
        tool("asking_page", gate, asking_page),
        tool("asking_always", gate, asking_always),
        tool("asking_again", gate, asking_again),
        tool("asking_nothing", gate, asking_nothing),
        tool("asking_wrong", gate, asking_wrong),
        tool("logging", gate, logging),
        tool("logging_late", gate, logging_late),
        tool("content", gate, content),
        tool("regional", gate, regional),
        worker("work", gate, wait),
        worker("job", gate, wait),
        worker("work_deaf", gate, wait_deaf),
        worker("work_failing", gate, fail),
        worker("work_broken", gate, break_off),
        worker("work_throwing", gate, explode),
        worker("work_asking", gate, ask_twice),
        worker("work_two", gate, ask_two),
        worker("work_always", gate, asking_always),
        worker("work_again", gate, ask_again),
        worker("work_page", gate, asking_page),
        worker("work_nested", gate, nest),
        tool("work_instant", gate, regional),
        tool("work_pushy", gate, nest),
    };
    for (auto& made : tools) {
        if (made.name == "job") made.task_support = TaskSupport::required;
        if (made.name == "work_instant") made.task_support = TaskSupport::optional;
        if (made.name != "regional") continue;
        made.input_schema = core::Json::parse(R"({"type":"object","properties":{
            "region":{"type":"string","x-mcp-header":"Region"},
            "count":{"type":"integer","x-mcp-header":"Count"},
            "dry":{"type":"boolean","x-mcp-header":"Dry"},
            "place":{"type":"object","properties":{"town":{"type":"string","x-mcp-header":"Town"}}}}})");
    }
    return tools;
}

namespace {

using ResourceBody = boost::asio::awaitable<ResourceAnswer>;

ResourceBody read_text(CallContext, ResourceRequest request) {
    co_return std::vector{ResourceContents{request.uri, "text/plain", "words"}};
}

ResourceBody read_blob(CallContext, ResourceRequest request) {
    co_return std::vector{ResourceContents{request.uri, "image/png", "\xFF\xFE", true}};
}

ResourceBody read_asking(CallContext context, ResourceRequest request) {
    if (context.inputs.empty()) co_return ask_name("asked");
    co_return std::vector{ResourceContents{request.uri, "", name_in(context.inputs.at("name"))}};
}

ResourceBody read_gone(CallContext, ResourceRequest request) {
    co_return resource_not_found(request.uri);
}

ResourceBody read_empty(CallContext, ResourceRequest) {
    co_return std::vector<ResourceContents>{};
}

ResourceBody read_template(CallContext, ResourceRequest request) {
    co_return std::vector{
        ResourceContents{request.uri, "application/json", core::dump(request.variables)}};
}

/// As many values as were typed letters, times fifty.
boost::asio::awaitable<Completion> complete_many(CallContext, CompletionRequest request) {
    Completion completion;
    for (std::size_t i = 0; i < request.value.size() * 50; ++i)
        completion.values.push_back(fmt::format("{}-{}", request.value, i));
    co_return completion;
}

boost::asio::awaitable<Completion> complete_tone(CallContext, CompletionRequest request) {
    if (request.value == "!") throw std::runtime_error("a bug");
    Completion completion;
    completion.values = {request.argument + '=' + request.value};
    for (const auto& [name, value] : request.arguments)
        completion.values.push_back(name + '=' + value);
    completion.total = 7;
    co_return completion;
}

boost::asio::awaitable<PromptAnswer> greet(CallContext,
                                           std::map<std::string, std::string> arguments) {
    PromptResult result{"A greeting", {}};
    result.messages.push_back({"user", TextContent{"Greet " + arguments.at("name")}});
    result.messages.push_back({"assistant", AudioContent{"RIFF", "audio/wav"}});
    result.messages.push_back({"user", ResourceContents{"test://text", "", "words"}});
    result.messages.push_back({"user", ResourceLink{"test://text", "text"}});
    co_return result;
}

boost::asio::awaitable<PromptAnswer> greet_asking(CallContext context,
                                                  std::map<std::string, std::string>) {
    if (context.inputs.empty()) co_return ask_name("asked");
    co_return PromptResult{"", {{"user", TextContent{name_in(context.inputs.at("name"))}}}};
}

boost::asio::awaitable<PromptAnswer> greet_failing(CallContext,
                                                   std::map<std::string, std::string>) {
    co_return RpcError{RpcCode::internal_error, "no greeting"};
}

}  // namespace

void add_resources(Registry& registry) {
    registry.add(Resource{"test://text", "text", "A text", "Words.", "text/plain", read_text});
    registry.add(Resource{"test://blob", "blob", "", "", "", read_blob});
    registry.add(Resource{"test://asking", "asking", "", "", "", read_asking});
    registry.add(Resource{"test://gone", "gone", "", "", "", read_gone});
    registry.add(Resource{"test://empty", "empty", "", "", "", read_empty});
    registry.add(ResourceTemplate{"test://thing/{id}/data", "thing", "A thing", "Its data.",
                                  "application/json", read_template, complete_many});
    registry.add(ResourceTemplate{"test://file/{name}.txt", "file", "", "", "", read_template, {}});
}

void add_prompts(Registry& registry) {
    registry.add(Prompt{"greeting",
                        "A greeting",
                        "Greets.",
                        {{"name", "Name", "Whom.", true}, {"tone", "", "", false}},
                        greet,
                        complete_tone});
    registry.add(Prompt{"asking", "", "", {}, greet_asking});
    registry.add(Prompt{"failing", "", "", {}, greet_failing});
}

}  // namespace blender_mcpd::mcp
