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
                            Row{guard::ScriptPolicyLevel::ask, "nobody can be asked here"}}) {
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
