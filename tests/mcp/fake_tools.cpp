#include "fake_tools.hpp"

#include <limits>
#include <stdexcept>
#include <utility>

namespace blender_mcpd::mcp {

namespace {

using Answer = boost::asio::awaitable<ToolAnswer>;

ToolResult text(std::string content) {
    return {.structured = {}, .content = {TextContent{std::move(content)}}, .is_error = false};
}

Answer instant(core::Event&, CallContext, core::Json arguments) {
    co_return ToolResult{.structured = core::dump({{"got", arguments}}), .content = {}};
}

Answer plain(core::Event&, CallContext, core::Json) {
    co_return text("two\nlines");
}

Answer broken_lines(core::Event&, CallContext, core::Json) {
    co_return ToolResult{.structured = "{\n\"a\":\r\n[1,\n2]}", .content = {}};
}

Answer image(core::Event&, CallContext, core::Json) {
    auto result = text("a picture");
    result.content.emplace_back(ImageContent{std::string("\x89PNG\r\n\0\xFF", 8), "image/png"});
    co_return result;
}

Answer failing(core::Event&, CallContext, core::Json) {
    co_return error_result("Nothing named \"Cube\"");
}

Answer throwing(core::Event&, CallContext, core::Json) {
    throw std::runtime_error("a bug\nof ours");
    co_return ToolResult{};
}

Answer slow(core::Event& gate, CallContext context, core::Json) {
    const bool released = co_await gate.wait(context.cancel);
    if (released) co_return text("released");
    co_return error_result(std::string(core::to_string(context.cancel.reason())));
}

Answer deaf(core::Event& gate, CallContext, core::Json) {
    co_await gate.wait();
    co_return text("released");
}

Answer nervous(core::Event& gate, CallContext context, core::Json) {
    const bool released = co_await gate.wait(context.cancel);
    if (!released) throw std::runtime_error("cancelled");
    co_return text("released");
}

Answer progress(core::Event& gate, CallContext context, core::Json) {
    constexpr auto not_a_number = std::numeric_limits<double>::quiet_NaN();
    constexpr auto infinite = std::numeric_limits<double>::infinity();
    context.progress({1, 4, "Sample 1/4"});
    context.progress({1, 4, "the same again"});
    context.progress({0.5, 4, "backwards"});
    context.progress({not_a_number, 4, "no number"});
    context.progress({infinite, 4, "no end"});
    context.progress({2.5, infinite, ""});
    const bool released = co_await gate.wait(context.cancel);
    context.progress({4, 4, "\"done\"\n"});
    co_return released ? text("released") : error_result("cancelled");
}

}  // namespace

core::Event& FakeTools::gate(const std::string& tool) {
    auto& gate = gates_[tool];
    if (!gate) gate = std::make_unique<core::Event>(executor_);
    return *gate;
}

void FakeTools::release(const std::string& tool) {
    gate(tool).set();
}

void FakeTools::hold(const std::string& tool) {
    gate(tool).reset();
}

Tool FakeTools::make(std::string name, Body body) {
    Tool tool;
    tool.name = name;
    tool.title = "The " + name + " tool";
    tool.description = "Does it.";
    tool.input_schema = {{"type", "object"}};
    tool.annotations.read_only = true;
    tool.handler = [this, &gate = gate(name), body](CallContext context, core::Json arguments) {
        contexts.push_back(context);
        return body(gate, std::move(context), std::move(arguments));
    };
    return tool;
}

std::vector<Tool> FakeTools::all() {
    std::vector<Tool> tools{
        make("instant", instant),   make("plain", plain),     make("broken_lines", broken_lines),
        make("image", image),       make("failing", failing), make("throwing", throwing),
        make("slow", slow),         make("deaf", deaf),       make("nervous", nervous),
        make("progress", progress),
    };
    tools[0].output_schema = {{"type", "object"}, {"required", {"got"}}};
    tools[0].annotations = {
        .read_only = true, .destructive = false, .idempotent = true, .open_world = false};
    tools[1].annotations = {
        .read_only = false, .destructive = true, .idempotent = false, .open_world = true};
    return tools;
}

}  // namespace blender_mcpd::mcp
