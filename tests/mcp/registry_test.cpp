#include <blender_mcpd/mcp/registry.hpp>

#include <string>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::mcp {
namespace {

TEST_CASE("a tool is made when it is asked for, once") {
    Registry registry;
    std::vector<std::string> made;
    const auto add = [&](const std::string& name, TaskSupport support) {
        registry.add(ToolMaker{name, support, [&made, name, support] {
                                   made.push_back(name);
                                   Tool tool;
                                   tool.name = name;
                                   tool.task_support = support;
                                   return tool;
                               }});
    };
    add("look", TaskSupport::forbidden);
    CHECK_FALSE(registry.has_tasks());
    add("render", TaskSupport::optional);
    CHECK(registry.has_tasks());
    CHECK(made.empty());

    CHECK(registry.tool("render")->name == "render");
    CHECK(registry.tool("render") == registry.tool("render"));
    CHECK(registry.tool("sculpt") == nullptr);
    CHECK(made == std::vector<std::string>{"render"});

    const auto all = registry.tools();
    REQUIRE(all.size() == 2);
    CHECK(all[0]->name == "look");
    CHECK(all[1] == registry.tool("render"));
    CHECK(made == std::vector<std::string>{"render", "look"});
}

TEST_CASE("a tool of a name that there is takes its place") {
    Registry registry;
    std::vector<Change::Kind> told;
    const auto observation =
        registry.observe([&](const Change& change) { told.push_back(change.kind); });
    Tool first;
    first.name = "look";
    registry.add(first);
    first.title = "Look again";
    registry.add(first);
    REQUIRE(registry.tools().size() == 1);
    CHECK(registry.tool("look")->title == "Look again");
    CHECK(registry.remove_tool("look"));
    CHECK_FALSE(registry.remove_tool("look"));
    CHECK(registry.tools().empty());
    CHECK(told == std::vector(3, Change::Kind::tools));
}

}  // namespace
}  // namespace blender_mcpd::mcp
