#include "offers_bench.hpp"

#include <blender_mcpd/tools/selection.hpp>

#include <algorithm>

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

std::vector<std::string> selected(const ToolSelection& selection) {
    Bench bench;
    ToolOptions options;
    options.selection = selection;
    std::vector<std::string> names;
    for (const auto& tool : all_tools(bench.blenders, bench.guards, options))
        names.push_back(tool.name);
    return names;
}

TEST_CASE("the minimal set looks and runs scripts") {
    CHECK(selected({ToolSet::minimal}) ==
          std::vector<std::string>{"get_blender_status", "get_scene_info", "get_object_info",
                                   "get_viewport_screenshot", "execute_blender_code"});
}

TEST_CASE("each set has what is in the one before") {
    const auto minimal = selected({ToolSet::minimal});
    const auto standard = selected({ToolSet::standard});
    const auto full = selected({ToolSet::full});
    const auto has_all_of = [](const auto& larger, const auto& smaller) {
        return std::ranges::all_of(
            smaller, [&](const auto& name) { return std::ranges::count(larger, name) == 1; });
    };
    CHECK(has_all_of(standard, minimal));
    CHECK(has_all_of(full, standard));
    CHECK(full.size() == tool_names().size());
    CHECK(standard.size() > minimal.size());
}

TEST_CASE("single tools are switched on and off, off goes first") {
    CHECK(selected({ToolSet::minimal, {"render", "history"}, {"history", "get_object_info"}}) ==
          std::vector<std::string>{"get_blender_status", "get_scene_info",
                                   "get_viewport_screenshot", "render", "execute_blender_code"});
}

TEST_CASE("read-only leaves nothing that edits, whatever is enabled") {
    Bench bench;
    ToolOptions options;
    options.selection = {ToolSet::full, {"create_objects"}, {}, true};
    const auto left = all_tools(bench.blenders, bench.guards, options);
    CHECK(!left.empty());
    for (const auto& tool : left) {
        CAPTURE(tool.name);
        CHECK(tool.annotations.read_only);
        CHECK(tool.name != "execute_blender_code");
    }
}

TEST_CASE("what is no tool of ours is in no smaller set") {
    CHECK(smallest_set("get_scene_info") == ToolSet::minimal);
    CHECK(smallest_set("render") == ToolSet::standard);
    CHECK(smallest_set("unheard_of") == ToolSet::full);
}

TEST_CASE("whoever calls a tool that was not selected is told what to do") {
    const auto absence = [](ToolSelection selection, std::string_view tool) {
        const OffersBench bench(Bench::generous(), {}, std::move(selection));
        return std::string(bench.registry.absence(tool));
    };
    CHECK_THAT(absence({}, "export_file"), ContainsSubstring("set \"full\""));
    CHECK_THAT(absence({ToolSet::minimal}, "render"), ContainsSubstring("set \"standard\""));
    CHECK_THAT(absence({.disable = {"render"}}, "render"), ContainsSubstring("tools.disable"));
    CHECK_THAT(absence({.read_only = true}, "create_objects"),
               ContainsSubstring("tools.read_only"));
    CHECK(absence({.read_only = true}, "render").empty());
    CHECK(absence({.enable = {"export_file"}}, "export_file").empty());
    CHECK(absence({}, "no_such_tool").empty());
}

}  // namespace
}  // namespace blender_mcpd::tools
