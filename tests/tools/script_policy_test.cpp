// What the script policy makes of execute_blender_code.
#include "fake_blender.hpp"

#include <support/captured_log.hpp>
#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

GuardOptions with(guard::ScriptPolicyLevel policy) {
    auto options = Bench::generous();
    options.scripts.policy = policy;
    return options;
}

constexpr auto dangerous = R"_({"code":"import bpy\nimport os\nos.system('ls')\n"})_";
constexpr auto harmless =
    R"_({"code":"import bpy\nbpy.data.objects.remove(bpy.data.objects[0])"})_";

}  // namespace

TEST_CASE("warn: the script runs, and the answer lists what was found") {
    Bench bench(with(guard::ScriptPolicyLevel::warn));
    bench.blender.result = R"({"stdout":"","stderr":""})";
    const auto answer = bench.call("execute_blender_code", dangerous);
    REQUIRE_FALSE(answer.is_error);
    const auto result = core::Json::parse(answer.structured);
    REQUIRE(result["policy"].size() >= 1);
    CHECK(result["policy"][0]["rule"] == "process.run");
    CHECK(result["policy"][0]["line"] == 3);
    CHECK(result["stdout"] == "");
    CHECK(bench.metrics.value(scripts_flagged, "warn") == 1);
    // What was sent is what was read.
    CHECK(core::Json::parse(bench.sent())["code"] == core::Json::parse(dangerous)["code"]);
}

TEST_CASE("warn: an empty result stays valid JSON") {
    Bench bench(with(guard::ScriptPolicyLevel::warn));
    bench.blender.result = "{ }";
    const auto answer = bench.call("execute_blender_code", dangerous);
    CHECK(core::Json::parse(answer.structured).size() == 1);
}

TEST_CASE("block and ask: the script does not run, and the refusal says what to do") {
    struct Row {
        guard::ScriptPolicyLevel policy;
        std::string_view text;
    };
    for (const auto& row : {Row{guard::ScriptPolicyLevel::block, "the script policy blocks it"},
                            Row{guard::ScriptPolicyLevel::ask, "this client cannot ask"}}) {
        Bench bench(with(row.policy));
        const auto text = error_text(bench.call("execute_blender_code", dangerous));
        CAPTURE(text);
        CHECK_THAT(text, ContainsSubstring(std::string(row.text)));
        CHECK_THAT(text, ContainsSubstring("process.run"));
        CHECK_THAT(text, ContainsSubstring("3"));
        CHECK_THAT(text, ContainsSubstring("Nothing was changed in the scene"));
        CHECK(bench.blender.calls.empty());
    }
}

namespace {

/// Calls it as a client that can show forms, with the answer to an earlier question.
mcp::ToolAnswer ask(Bench& bench, std::string state = {}, core::Json answer = nullptr,
                    const char* arguments = dangerous) {
    mcp::CallContext context;
    context.client = "client-1";
    context.capabilities.elicitation_form = true;
    context.state = std::move(state);
    if (!answer.is_null()) context.inputs.emplace("consent", std::move(answer));
    return bench.loop.run(bench.tool("execute_blender_code")
                              .handler(std::move(context), core::Json::parse(arguments)));
}

}  // namespace

TEST_CASE("ask: the user sees what was found, and the script runs when they agree") {
    Bench bench(with(guard::ScriptPolicyLevel::ask));
    const auto first = ask(bench);
    REQUIRE(std::holds_alternative<mcp::InputRequired>(first));
    const auto& question = std::get<mcp::InputRequired>(first);
    REQUIRE(question.requests.contains("consent"));
    const auto& request = question.requests.at("consent");
    CHECK(request.method == "elicitation/create");
    CHECK_THAT(request.params["message"].get<std::string>(), ContainsSubstring("process.run"));
    CHECK(request.params["requestedSchema"]["properties"]["run"]["default"] == false);
    CHECK(bench.blender.calls.empty());

    const core::Json yes{{"action", "accept"}, {"content", {{"run", true}}}};
    SECTION("agreed") {
        const auto second = ask(bench, question.state, yes);
        CHECK_FALSE(std::get<mcp::ToolResult>(second).is_error);
        CHECK(bench.blender.calls.size() == 1);
    }
    SECTION("agreed to another script") {
        const auto other =
            ask(bench, question.state, yes, R"_({"code":"import os\nos.system('rm')\n"})_");
        CHECK(std::holds_alternative<mcp::InputRequired>(other));
        CHECK(bench.blender.calls.empty());
    }
    SECTION("an answer that nobody asked for") {
        CHECK(std::holds_alternative<mcp::InputRequired>(ask(bench, "", yes)));
        CHECK(bench.blender.calls.empty());
    }
    SECTION("not agreed") {
        for (const auto& no : {core::Json{{"action", "decline"}}, core::Json{{"action", "cancel"}},
                               core::Json{{"action", "accept"}, {"content", {{"run", false}}}},
                               core::Json{{"action", "accept"}, {"content", {{"run", "true"}}}},
                               core::Json{{"action", "accept"}, {"content", "run"}},
                               core::Json{{"action", "accept"}}, core::Json::object()}) {
            CAPTURE(no);
            const auto text = error_text(std::get<mcp::ToolResult>(ask(bench, question.state, no)));
            CHECK_THAT(text, ContainsSubstring("the user did not agree"));
        }
        CHECK(bench.blender.calls.empty());
    }
}

TEST_CASE("ordinary scripts pass without a word, whatever the policy") {
    for (const auto policy : {guard::ScriptPolicyLevel::off, guard::ScriptPolicyLevel::warn,
                              guard::ScriptPolicyLevel::ask, guard::ScriptPolicyLevel::block}) {
        Bench bench(with(policy));
        const auto answer = bench.call("execute_blender_code", harmless);
        CHECK_FALSE(answer.is_error);
        CHECK(answer.structured == "{}");
    }
}

TEST_CASE("off: nothing is looked at") {
    Bench bench(with(guard::ScriptPolicyLevel::off));
    const auto answer = bench.call("execute_blender_code", dangerous);
    CHECK(answer.structured == "{}");
    CHECK(bench.metrics.value(scripts_flagged) == 0);
}

TEST_CASE("a script that somebody has reviewed runs, and its use is logged") {
    auto options = with(guard::ScriptPolicyLevel::block);
    const auto code = core::Json::parse(dangerous)["code"].get<std::string>();
    options.scripts.allow_sha256 = {guard::ScriptPolicy({}).judge(code).sha256};
    Bench bench(options);
    const test::CapturedLog log;
    CHECK_FALSE(bench.call("execute_blender_code", dangerous).is_error);
    CHECK_THAT(log.text(), ContainsSubstring("is allowed by sha256"));
}

TEST_CASE("return_expression is code too") {
    Bench bench(with(guard::ScriptPolicyLevel::block));
    const auto text = error_text(
        bench.call("execute_blender_code",
                   R"_({"code":"x = 1","return_expression":"__import__('os').system('ls')"})_"));
    CHECK_THAT(text, ContainsSubstring("return_expression"));
    CHECK(bench.blender.calls.empty());
}

}  // namespace blender_mcpd::tools
