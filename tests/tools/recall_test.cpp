// Answers of the cache that are found before a coroutine is started for the call.
#include "fake_blender.hpp"
#include "known_arguments.hpp"

#include <optional>
#include <string>
#include <string_view>

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

constexpr auto cube = R"({"names":["Cube"]})";

struct Stage : Bench {
    explicit Stage(GuardOptions options = generous()) : Bench(std::move(options)) {
        blender.result = R"({"objects":["as read"]})";
        blender.known = 7;
    }
    std::optional<mcp::ToolResult> recall(std::string_view arguments) {
        return tool("get_object_info").recall("client-1", arguments);
    }
};

}  // namespace

TEST_CASE("only what was read is recalled, with the same words or others") {
    Stage stage;
    CHECK_FALSE(stage.recall(cube));
    const auto read = stage.call("get_object_info", cube);
    const auto known = stage.recall(cube);
    REQUIRE(known);
    CHECK(known->structured == read.structured);
    CHECK(stage.recall(R"( {"names" : ["Cube"]} )"));
    CHECK(stage.recall(R"({"names":["Cube"],"instance":"main"})"));
    CHECK_FALSE(stage.recall(R"({"names":["Light"]})"));
    CHECK(stage.blender.calls.size() == 1);
    CHECK(stage.guards.cache.stats().hits == 3);
}

TEST_CASE("what may not be true any more is not recalled") {
    Stage stage;
    stage.call("get_object_info", cube);
    SECTION("the scene has changed") {
        stage.blender.known = 8;
    }
    SECTION("whether it has changed must be asked") {
        stage.blender.known.reset();
    }
    SECTION("it is another Blender") {
        stage.blender.name = "blender-2";
    }
    SECTION("none runs") {
        stage.blender.name.clear();
    }
    CHECK_FALSE(stage.recall(cube));
    CHECK(stage.guards.cache.stats().hits == 0);
}

TEST_CASE("calls that break a rule are left to who says which") {
    Stage stage;
    stage.call("get_object_info", cube);
    for (const auto* arguments :
         {"", "[]", "{", R"({"names":[]})", R"({"names":["Cube"],"nmaes":1})",
          R"({"names":["Cube"],"instance":"nobody"})", R"({"names":["Cube"],"instance":7})"})
        CHECK_FALSE(stage.recall(arguments));
}

TEST_CASE("a call that is recalled counts against the limits") {
    auto options = Bench::generous();
    options.limits.enabled = true;
    options.limits.general = {.per_minute = 2, .burst = 2};
    Stage stage(options);
    stage.call("get_object_info", cube);
    REQUIRE(stage.recall(cube));
    const auto refused = stage.recall(cube);
    REQUIRE(refused);
    CHECK(refused->is_error);
    CHECK(error_text(*refused).find("Call again in") != std::string::npos);
    CHECK(stage.metrics.value(guard::calls_refused, "rate") == 1);
}

TEST_CASE("news go before what is recalled") {
    Stage stage;
    stage.call("get_object_info", cube);
    stage.blenders.news = core::Error{core::ErrorCode::unavailable, "It is gone"};
    const auto told = stage.recall(cube);
    REQUIRE(told);
    CHECK(error_text(*told).find("It is gone") != std::string::npos);
    CHECK_FALSE(stage.recall(cube)->is_error);
}

TEST_CASE("only tools that read recall anything") {
    const Stage stage;
    for (const auto& tool : stage.tools)
        CHECK((!tool.recall || tool.annotations.read_only));
}

TEST_CASE("what arguments mean is known for the last of them") {
    KnownArguments known;
    for (std::size_t i = 0; i < KnownArguments::most; ++i)
        known.remember(std::to_string(i), {"", "{}"});
    CHECK(known.find("0") != nullptr);
    known.remember("one more", {"main", R"({"a":1})"});
    CHECK(known.find("0") == nullptr);
    REQUIRE(known.find("one more") != nullptr);
    CHECK(known.find("one more")->instance == "main");
}

}  // namespace blender_mcpd::tools
