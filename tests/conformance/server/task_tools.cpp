// Tools that run as tasks (the extension io.modelcontextprotocol/tasks).
#include "fixtures.hpp"

namespace blender_mcpd::conformance {

namespace {

using namespace std::chrono_literals;

Answer greet(mcp::CallContext, core::Json arguments) {
    co_return text("Hello, " + arguments.value("name", "World") + "!");
}

Answer compute(core::Timers& timers, mcp::CallContext context, core::Json arguments) {
    const auto seconds = arguments.value("seconds", 1.0);
    co_await pause(timers, std::chrono::milliseconds(static_cast<int>(seconds * 1000)),
                   context.cancel);
    co_return text("Computed " + arguments.value("label", "it"));
}

Answer slow_compute(core::Timers& timers, mcp::CallContext context, core::Json arguments) {
    if (!context.can_task || arguments.value("seconds", 1.0) <= 0)
        co_return co_await compute(timers, std::move(context), std::move(arguments));
    co_return mcp::StartTask{[&timers, arguments](mcp::CallContext own) {
        return compute(timers, std::move(own), arguments);
    }};
}

Answer fail(core::Timers& timers, mcp::CallContext context) {
    co_await pause(timers, 1s, context.cancel);
    co_return mcp::error_result("The job failed");
}

Answer break_protocol(core::Timers& timers, mcp::CallContext context) {
    co_await pause(timers, 100ms, context.cancel);
    co_return mcp::RpcError{mcp::RpcCode::internal_error, "The job broke the protocol"};
}

mcp::InputRequest ask_to_confirm(const std::string& message) {
    return mcp::elicit(message, {{"type", "object"},
                                 {"properties", {{"confirm", {{"type", "boolean"}}}}},
                                 {"required", {"confirm"}}});
}

Answer confirm_delete(std::string filename, mcp::CallContext context) {
    if (!context.inputs.contains("confirm")) {
        mcp::InputRequired needed;
        needed.requests.emplace("confirm", ask_to_confirm("Delete " + filename + "?"));
        co_return needed;
    }
    const bool yes = form_text(context, "confirm", "confirm") == "true";
    co_return text((yes ? "Deleted " : "Kept ") + filename);
}

Answer multi_input(mcp::CallContext context) {
    if (context.inputs.empty()) {
        mcp::InputRequired needed;
        needed.requests.emplace("first", ask_text("The first name?", "name"));
        needed.requests.emplace("second", ask_text("The second name?", "name"));
        co_return needed;
    }
    co_return text(form_text(context, "first", "name") + " and " +
                   form_text(context, "second", "name"));
}

Answer say_hello(std::string name, mcp::CallContext) {
    co_return text("Hello, " + name + "!");
}

Answer ask_then_task(mcp::CallContext context, core::Json) {
    const auto name = form_text(context, "user_name", "name");
    if (name.empty()) {
        mcp::InputRequired needed;
        needed.requests.emplace("user_name", ask_text("What is your name?", "name"));
        co_return needed;
    }
    co_return mcp::StartTask{
        [name](mcp::CallContext own) { return say_hello(name, std::move(own)); }};
}

/// A tool whose work is always a task.
mcp::Tool task_tool(std::string name, std::string description, mcp::TaskSupport support,
                    std::function<Answer(mcp::CallContext, core::Json)> work,
                    core::Json properties = core::Json::object()) {
    const auto start = [](std::function<Answer(mcp::CallContext, core::Json)> job,
                          mcp::CallContext context, core::Json arguments) -> Answer {
        if (!context.can_task) co_return co_await job(std::move(context), std::move(arguments));
        co_return mcp::StartTask{
            [job, arguments](mcp::CallContext own) { return job(std::move(own), arguments); }};
    };
    auto made = tool(
        std::move(name), std::move(description),
        [start, work = std::move(work)](mcp::CallContext context, core::Json arguments) {
            return start(work, std::move(context), std::move(arguments));
        },
        std::move(properties));
    made.task_support = support;
    return made;
}

}  // namespace

void add_task_tools(mcp::Registry& registry, core::Timers& timers) {
    registry.add(tool("greet", "Greets at once.", greet, {{"name", {{"type", "string"}}}}));
    auto slow = tool("slow_compute", "Takes its time.",
                     [&timers](mcp::CallContext context, core::Json arguments) {
                         return slow_compute(timers, std::move(context), std::move(arguments));
                     },
                     {{"seconds", {{"type", "number"}}}, {"label", {{"type", "string"}}}});
    slow.task_support = mcp::TaskSupport::optional;
    registry.add(std::move(slow));
    registry.add(task_tool("failing_job", "Fails after a second.", mcp::TaskSupport::required,
                           [&timers](mcp::CallContext context, const core::Json&) {
                               return fail(timers, std::move(context));
                           }));
    registry.add(task_tool("protocol_error_job", "Ends with a protocol error.",
                           mcp::TaskSupport::optional,
                           [&timers](mcp::CallContext context, const core::Json&) {
                               return break_protocol(timers, std::move(context));
                           }));
    registry.add(task_tool("confirm_delete", "Asks before it deletes.", mcp::TaskSupport::optional,
                           [](mcp::CallContext context, const core::Json& arguments) {
                               return confirm_delete(arguments.value("filename", "it"),
                                                     std::move(context));
                           },
                           {{"filename", {{"type", "string"}}}}));
    registry.add(task_tool("multi_input", "Asks two things at once.", mcp::TaskSupport::optional,
                           [](mcp::CallContext context, const core::Json&) {
                               return multi_input(std::move(context));
                           }));
    auto asking = tool("test_tool_with_task", "Asks, then runs as a task.", ask_then_task);
    asking.task_support = mcp::TaskSupport::required;
    registry.add(std::move(asking));
}

}  // namespace blender_mcpd::conformance
