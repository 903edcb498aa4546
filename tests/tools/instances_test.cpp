#include "catalogue.hpp"
// Which Blender a call is about, and the tool that manages them.
#include "offers_bench.hpp"

#include <utility>

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

/// A second Blender beside the first.
struct Two : Bench {
    Two() {
        blenders.others.emplace("other", std::shared_ptr<blender::Blender>(&other, [](auto*) {}));
    }
    FakeBlender other;
};

TEST_CASE("a call goes to the instance that it names, without the argument") {
    Two bench;
    bench.other.name = "blender-2";
    const auto result = bench.call("get_scene_info", R"({"detail":"objects","instance":"other"})");
    CHECK(!result.is_error);
    CHECK(bench.blender.calls.empty());
    REQUIRE(bench.other.calls.size() == 1);
    CHECK(bench.other.calls[0].operation.args == R"({"detail":"objects"})");
    for (const auto* name : {"default", "main"}) {
        CAPTURE(name);
        CHECK(
            !bench
                 .call_with("create_objects", {{"instance", name}, {"items", {{{"kind", "cube"}}}}})
                 .is_error);
    }
    CHECK(bench.blender.calls.size() == 2);
    CHECK(bench.other.calls.size() == 1);
}

TEST_CASE("every tool that is about one Blender has the argument instance") {
    Two bench;
    for (const auto& tool : bench.tools) {
        CAPTURE(tool.name);
        CHECK(tool.input_schema["properties"].contains("instance") ==
              !spec_of(tool.name).about_all_blenders);
    }
    const auto failed = bench.call("history", R"({"action":"list","instance":"nobody"})");
    CHECK_THAT(error_text(failed), ContainsSubstring("there is no Blender \"nobody\""));
    CHECK_THAT(error_text(bench.call("history", R"({"action":"list","instance":5})")),
               ContainsSubstring("instance: must be a string"));
}

TEST_CASE("what is read of one instance is not the answer of another") {
    Two bench;
    bench.other.name = "blender-2";
    bench.other.result = R"({"scene":"Other"})";
    const auto first = bench.call("get_scene_info", "{}");
    const auto other = bench.call("get_scene_info", R"({"instance":"other"})");
    const auto again = bench.call("get_scene_info", "{}");
    CHECK(other.structured == R"({"scene":"Other"})");
    CHECK(first.structured == again.structured);
    CHECK(bench.blender.calls.size() == 1);
}

TEST_CASE("all steps of a batch are about one instance") {
    Two bench;
    const auto result = bench.call("batch", R"({"instance":"other","steps":[
        {"tool":"create_objects","arguments":{"items":[{"kind":"cube"}]}}]})");
    CHECK(!result.is_error);
    CHECK(bench.other.calls.size() == 1);
    const auto inside = bench.call("batch", R"({"steps":[
        {"tool":"create_objects","arguments":{"instance":"other","items":[{"kind":"cube"}]}}]})");
    CHECK_THAT(error_text(inside), ContainsSubstring("instance"));
    CHECK(bench.blender.calls.empty());
}

TEST_CASE("that its Blender is gone is told to a client once, instead of a call elsewhere") {
    Two bench;
    const core::Error gone{core::ErrorCode::unavailable, "The Blender addon-7 has ended", "Look.",
                           core::Outcome::not_applied};
    bench.blenders.news = gone;
    CHECK(!bench.call("get_scene_info", R"({"instance":"other"})").is_error);
    const auto told = bench.call("get_scene_info", "{}");
    CHECK_THAT(error_text(told), ContainsSubstring("addon-7 has ended"));
    CHECK(bench.blender.calls.empty());
    CHECK(!bench.call("get_scene_info", "{}").is_error);
}

TEST_CASE("manage_instances lists, starts, stops and uses") {
    Two bench;
    const auto list =
        core::Json::parse(bench.call("manage_instances", R"({"action":"list"})").structured);
    REQUIRE(list["instances"].size() == 2);
    CHECK(list["instances"][0]["name"] == "main");
    CHECK(!list.contains("name"));

    const auto started = core::Json::parse(
        bench.call_with("manage_instances", {{"action", "start"}, {"blend_file", some_file()}})
            .structured);
    CHECK(started["name"] == "blender-2");
    REQUIRE(bench.blenders.started.size() == 1);
    CHECK(bench.blenders.started[0].blend_file == some_file());

    CHECK(!bench.call("manage_instances", R"({"action":"stop","name":"other"})").is_error);
    (void)bench.call("manage_instances",
                     R"({"action":"stop","name":"other","discard_changes":true})");
    CHECK(bench.blenders.stopped ==
          std::vector<std::pair<std::string, bool>>{{"other", false}, {"other", true}});
    CHECK(!bench.call("manage_instances", R"({"action":"use","name":"other"})").is_error);
    CHECK(bench.blenders.used == "other");
}

TEST_CASE("what manage_instances refuses") {
    struct Row {
        const char* arguments;
        const char* message;
    };
    for (const auto& row : {
             Row{R"({"action":"stop"})", "name: stop needs the name of one"},
             Row{R"({"action":"use"})", "name: use needs the name of one"},
             Row{R"({"action":"list","name":"main"})", "name: list tells all"},
             Row{R"({"action":"use","name":"main","blend_file":"/tmp/a.blend"})",
                 "blend_file: goes with start only"},
             Row{R"({"action":"start","discard_changes":true})",
                 "discard_changes: goes with stop only"},
             Row{R"({"action":"start","name":"a b"})", "name: may have ASCII letters"},
             Row{R"({"action":"start","blend_file":"/etc/passwd"})", "blend_file: "},
             Row{R"({"action":"start","blend_file":"a.blend"})", "blend_file: "},
         }) {
        CAPTURE(row.arguments);
        Two bench;
        CHECK_THAT(error_text(bench.call("manage_instances", row.arguments)),
                   ContainsSubstring(row.message));
        CHECK(bench.blenders.started.empty());
    }
    Two bench;
    bench.blenders.error = core::Error{core::ErrorCode::invalid, "it has unsaved changes"};
    for (const auto* arguments : {R"({"action":"start"})", R"({"action":"stop","name":"other"})",
                                  R"({"action":"use","name":"other"})"})
        CHECK_THAT(error_text(bench.call("manage_instances", arguments)),
                   ContainsSubstring("it has unsaved changes"));
}

TEST_CASE("who may only read lists and uses") {
    Bench bench;
    ToolOptions options;
    options.selection.read_only = true;
    for (const auto& tool : all_tools(bench.blenders, bench.guards, options)) {
        if (tool.name != "manage_instances") continue;
        CHECK(tool.annotations.read_only);
        CHECK(tool.input_schema["properties"]["action"]["enum"] == core::Json({"list", "use"}));
        CHECK(!tool.input_schema["properties"].contains("discard_changes"));
        return;
    }
    FAIL("there is no manage_instances");
}

TEST_CASE("the status names the others when there are some") {
    Two bench;
    bench.blender.state = {{"state", "ready"}, {"message", ""}, {"next_step", ""}};
    const auto several = core::Json::parse(bench.call("get_blender_status", "{}").structured);
    CHECK(several["instances"].size() == 2);
    bench.blenders.others.clear();
    const auto one = core::Json::parse(bench.call("get_blender_status", "{}").structured);
    CHECK(!one.contains("instances"));
}

TEST_CASE("resources of an instance by its name") {
    OffersBench bench;
    FakeBlender other;
    other.result = R"({"scene":"Other"})";
    other.output = "printed there";
    bench.blenders.others.emplace("other", std::shared_ptr<blender::Blender>(&other, [](auto*) {}));
    CHECK(bench.read("blender://other/scene").data == R"({"scene":"Other"})");
    CHECK(bench.read("blender://other/credits").data == R"({"scene":"Other"})");
    CHECK(bench.read("blender://other/log").data == "printed there");
    CHECK(bench.read("blender://other/object/Cube").uri == "blender://other/object/Cube");
    CHECK(bench.read("blender://main/scene").uri == "blender://main/scene");
    CHECK(bench.fail("blender://nobody/scene").code == mcp::RpcCode::resource_not_found);
    const auto names = bench.complete_template("blender://{instance}/scene", {"instance", "", {}});
    CHECK(names.values == std::vector<std::string>{"default", "main", "other"});
}

blender::SceneChange changed_in(const std::string& instance, bool current) {
    blender::SceneChange change;
    change.instance = instance;
    change.current = current;
    return change;
}

TEST_CASE("a change is told under the name of its instance, and as the current one's") {
    OffersBench bench;
    const auto told = [&](const blender::SceneChange& change) {
        std::vector<std::string> resources;
        const auto observation = bench.registry.observe([&](const mcp::Change& update) {
            if (update.kind == mcp::Change::Kind::resource) resources.push_back(update.subject);
        });
        bench.blender.changes.publish(change);
        return resources;
    };
    CHECK(told(changed_in("other", false)) == std::vector<std::string>{"blender://other/scene",
                                                                       "blender://other/credits",
                                                                       "blender://status"});
    CHECK(told(changed_in("other", true)) ==
          std::vector<std::string>{"blender://other/scene", "blender://other/credits",
                                   "blender://status", "blender://default/scene",
                                   "blender://default/credits", "blender://status"});
}

}  // namespace
}  // namespace blender_mcpd::tools
