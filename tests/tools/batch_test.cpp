// What a batch checks before it sends its steps as one operation.
#include "fake_blender.hpp"

#include <fmt/format.h>

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

constexpr auto two_steps =
    R"({"steps":[{"tool":"create_objects","arguments":{"items":[{"kind":"cube","size":2.0}]}},
                 {"tool":"get_object_info","arguments":{"names":["Cube"]}}],"timeout_s":7})";

std::string with_script(const std::string& code) {
    return R"({"steps":[{"tool":"get_scene_info","arguments":{}},
                        {"tool":"execute_blender_code","arguments":{"code":)" +
           core::quoted(code) + "}}]}";
}

TEST_CASE("a batch is one operation of Blender's") {
    Bench bench;
    bench.blender.result = R"({"steps":[],"changes":{},"generation":1})";
    const auto result = bench.call("batch", two_steps);
    CHECK(!result.is_error);
    CHECK(result.structured == bench.blender.result);
    REQUIRE(bench.blender.calls.size() == 1);
    const auto& operation = bench.blender.calls.front().operation;
    CHECK(operation.name == "batch");
    CHECK(operation.mutates);
    CHECK(operation.timeout == 7s);
    CHECK(operation.args ==
          R"({"steps":[{"tool":"create_objects","arguments":{"items":[{"kind":"cube","size":2}]}},)"
          R"({"tool":"get_object_info","arguments":{"names":["Cube"]}}]})");
}

TEST_CASE("a tool that clients do not get is no step either") {
    Bench bench;
    ToolOptions options;
    options.selection.disable = {"execute_blender_code"};
    bench.tools = all_tools(bench.blenders, bench.guards, options);
    const auto refused = bench.call("batch", with_script("x = 1"));
    CHECK(refused.is_error);
    CHECK_THAT(error_text(refused), Contains("steps[1].tool: must be one of the allowed values"));
    CHECK(bench.blender.calls.empty());
    CHECK(!bench.call("batch", two_steps).is_error);
}

TEST_CASE("nothing is sent when one step is wrong") {
    Bench bench;
    const auto result =
        bench.call("batch", R"({"steps":[{"tool":"delete_objects","arguments":{"names":["A"]}},
                              {"tool":"delete_objects","arguments":{"names":[]}}]})");
    CHECK(result.is_error);
    CHECK_THAT(error_text(result), Contains("Nothing was changed in the scene."));
    CHECK(bench.blender.calls.empty());
}

TEST_CASE("each step is a call of its tool for the rate limiter") {
    auto options = Bench::generous();
    options.limits.enabled = true;
    options.limits.general = {.per_minute = 4, .burst = 4};
    Bench bench(options);
    CHECK(!bench.call("batch", two_steps).is_error);  // three calls
    const auto refused = bench.call("batch", two_steps);
    CHECK(refused.is_error);
    CHECK_THAT(refused.meta, Contains("retry_after_s"));
    CHECK(bench.blender.calls.size() == 1);
}

TEST_CASE("the permits of steps are given back at once") {
    auto options = Bench::generous();
    options.limits.enabled = true;
    options.limits.general = {.per_minute = 1'000, .burst = 1'000};
    options.limits.concurrent = 2;  // the batch, and one step after the other
    Bench bench(options);
    CHECK(!bench.call("batch", two_steps).is_error);
}

TEST_CASE("the script policy judges every script of a batch") {
    auto options = Bench::generous();
    options.scripts.policy = guard::ScriptPolicyLevel::block;
    Bench bench(options);
    const auto result = bench.call("batch", with_script("import os\nos.system('x')"));
    CHECK(result.is_error);
    CHECK_THAT(error_text(result), Contains("In code of steps[1]: "));
    CHECK_THAT(error_text(result), Contains("blocks"));
    CHECK(bench.blender.calls.empty());
    CHECK(!bench.call("batch", with_script("x = 1")).is_error);
}

TEST_CASE("findings of a batch come with its result") {
    auto options = Bench::generous();
    options.scripts.policy = guard::ScriptPolicyLevel::warn;
    Bench bench(options);
    bench.blender.result = R"({"steps":[],"changes":{},"generation":1})";
    const auto result = bench.call("batch", with_script("import os\nos.system('x')"));
    CHECK(!result.is_error);
    CHECK_THAT(result.structured, Contains(R"({"policy":[{)"));
    CHECK_THAT(result.structured, Contains(R"("steps":[])"));
}

TEST_CASE("consent to a batch is consent to its scripts and no others") {
    auto options = Bench::generous();
    options.scripts.policy = guard::ScriptPolicyLevel::ask;
    Bench bench(options);
    const auto ask = [&](const std::string& code, std::string state, core::Json answer) {
        mcp::CallContext context{"client-1", bench.cancel.token(), [](const mcp::Progress&) {}};
        context.capabilities.elicitation_form = true;
        context.state = std::move(state);
        if (!answer.is_null()) context.inputs["consent"] = std::move(answer);
        return bench.loop.run(
            bench.tool("batch").handler(std::move(context), core::Json::parse(with_script(code))));
    };
    const core::Json yes{{"action", "accept"}, {"content", {{"run", true}}}};
    constexpr auto code = "import os\nos.system('x')";
    const auto first = ask(code, "", nullptr);
    const auto state = std::get<mcp::InputRequired>(first).state;
    CHECK(!std::get<mcp::ToolResult>(ask(code, state, yes)).is_error);
    CHECK(bench.blender.calls.size() == 1);
    CHECK(std::holds_alternative<mcp::InputRequired>(ask("import os\nos.system('y')", state, yes)));
    CHECK(bench.blender.calls.size() == 1);
}

}  // namespace
}  // namespace blender_mcpd::tools
