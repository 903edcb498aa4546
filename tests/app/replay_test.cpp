#include "replay_compare.hpp"
#include "replay_plan.hpp"
#include "replay_recording.hpp"
#include "temp_folder.hpp"

#include <nlohmann/json.hpp>

#include <string>

#include <support/catch.hpp>

using namespace blender_mcpd;
using core::Json;

namespace {

std::string line(std::string_view event, std::string_view id) {
    return core::dump({{"event", event}, {"call", id}, {"tool", "t"}, {"outcome", "ok"}}) + '\n';
}

Json call(Json structured, std::string outcome = "ok") {
    return {{"tool", "t"},
            {"outcome", std::move(outcome)},
            {"scene", "applied"},
            {"result", {{"sha256", "a"}, {"structured", std::move(structured)}}}};
}

}  // namespace

TEST_CASE("the calls of several files come in order; what never ended is told") {
    const test::TempFolder folder;
    const auto first =
        folder.write("1", line("begin", "a") + line("call", "a") + line("begin", "b"));
    const auto second = folder.write(
        "2", "{\"event\":\"lost\",\"lines\":4}\n" + line("call", "b") + line("begin", "c"));
    const auto recording = app::read_recording({first, second});
    REQUIRE(recording.has_value());
    REQUIRE(recording->calls.size() == 2);
    CHECK(recording->calls[1].number == 2);
    CHECK(recording->calls[1].where == second + ":2");
    CHECK(recording->open == std::vector<std::string>{second + ":3 t"});
    CHECK(recording->lost == 4);
}

TEST_CASE("a last line that is not whole is told, any other is an error with its number") {
    const test::TempFolder folder;
    const auto cut = folder.write("cut", line("call", "a") + "{\"event\":\"ca");
    const auto recording = app::read_recording({cut});
    REQUIRE(recording.has_value());
    CHECK(recording->calls.size() == 1);
    CHECK(recording->cut == std::vector<std::string>{cut + ":2"});

    const auto bad = folder.write("bad", "{\n" + line("call", "a") + "{\"event\":\"other\"}\n[]\n");
    const auto refused = app::read_recording({bad});
    REQUIRE(refused.has_error());
    for (const auto* where : {"bad:1 (", "bad:3 (", "bad:4 ("})
        CHECK(refused.error().message.find(where) != std::string::npos);
    CHECK(refused.error().message.find("bad:2") == std::string::npos);
    CHECK(app::read_recording({folder / "none"}).error().code == core::ErrorCode::not_found);
}

TEST_CASE("what is of one run is no difference") {
    const auto comparison =
        app::compare_calls(call({{"generation", 3},
                                 {"duration_ms", 1.5},
                                 {"location", {1.0, 2.0}},
                                 {"text", "wrote /tmp/a-1/x.png at 0x7f00 in 1.5 s"}}),
                           call({{"generation", 9},
                                 {"duration_ms", 7},
                                 {"location", {1.0000000001, 2.0}},
                                 {"text", "wrote /tmp/b-22/x.png at 0x7fff in 12 s"}}));
    CHECK(comparison.differences.empty());
    CHECK(comparison.with_result);
}

TEST_CASE("differences are told by place, before and now") {
    const auto comparison = app::compare_calls(
        call({{"count", 3}, {"objects", {{{"name", "A"}}}}, {"gone", 1}}),
        call({{"count", 4}, {"objects", {{{"name", "B"}}}}, {"come", 2}}, "failed"));
    CHECK(comparison.differences ==
          std::vector<std::string>{"outcome: \"ok\", now \"failed\"", "result.count: 3, now 4",
                                   "result.objects[0].name: \"A\", now \"B\"",
                                   "result.gone: 1, now null", "result.come: null, now 2"});
    auto many = Json::object();
    for (int i = 0; i < 30; ++i)
        many["m" + std::to_string(i)] = i;
    const auto found = app::compare_calls(call(many), call(Json::object())).differences;
    CHECK(found.size() == 11);
    CHECK(found.back() == "and 20 more");
}

TEST_CASE(
    "a recording without results is compared by outcome, and by hash where that is the same") {
    auto recorded = call({{"x", 1}});
    recorded["result"].erase("structured");
    auto replayed = call({{"x", 2}});
    CHECK(app::compare_calls(recorded, replayed).with_result);
    replayed["result"]["sha256"] = "b";
    const auto comparison = app::compare_calls(recorded, replayed);
    CHECK(comparison.differences.empty());
    CHECK(!comparison.with_result);
}

TEST_CASE("calls that cannot be repeated are not, with the reason") {
    const auto reason = [](Json line) {
        Json whole{{"tool", "create_objects"},
                   {"outcome", "ok"},
                   {"instance", "main"},
                   {"arguments", Json::object()}};
        whole.update(line);
        return app::reason_to_skip({1, "1:1", whole}, "main");
    };
    CHECK(reason({{"outcome", "ok"}}).empty());
    CHECK(reason({{"outcome", "failed"}, {"code", "invalid"}}).empty());
    CHECK(reason({{"outcome", "protocol_error"}, {"code", -32602}}).empty());
    CHECK(reason({{"outcome", "cancelled"}}).ends_with("(cancelled)"));
    CHECK(reason({{"outcome", "failed"}, {"code", "timeout"}}).ends_with("(timeout)"));
    CHECK(reason({{"instance", "blender-2"}}).ends_with("blender-2"));
    CHECK(!reason({{"tool", "manage_instances"}}).empty());
    CHECK(!reason({{"tool", "export_file"}}).empty());
    CHECK(!reason({{"tool", "manage_file"}, {"arguments", {{"action", "save"}}}}).empty());
    CHECK(reason({{"tool", "manage_file"}, {"arguments", {{"action", "new"}}}}).empty());
    CHECK(!reason({{"tool", "render"}, {"arguments", {{"output", "a.mp4"}}}}).empty());
    CHECK(reason({{"arguments", Json::array()}}).empty());
    CHECK(!app::reason_to_skip({1, "1:1", {{"tool", "t"}, {"outcome", "failed"}}}, "main").empty());
    CHECK(!reason({{"arguments", {{"deep", {"a [masked] b"}}}}}).empty());
}

TEST_CASE("the first Blender that a recording names is the one that is replayed") {
    const Json none{{"tool", "t"}};
    const Json named{{"tool", "t"}, {"instance", "mine"}, {"edit", true}};
    CHECK(app::first_instance({{1, "a:1", none}, {2, "a:2", named}}) == "mine");
    CHECK(app::first_instance({}).empty());
    CHECK(app::call_without_arguments({{1, "a:1", none}, {2, "a:2", named}}) == "a:2");
    CHECK(app::call_without_arguments({{1, "a:1", none}}).empty());
}
