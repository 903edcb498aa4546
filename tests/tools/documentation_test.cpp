#include <blender_mcpd/tools/documentation.hpp>
#include <blender_mcpd/tools/tools.hpp>

#include <fstream>
#include <sstream>

#include <support/catch.hpp>
#include <support/project_folder.hpp>

namespace blender_mcpd::tools {
namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("docs/tools.md is what the binary prints") {
    std::ifstream file(test::project_folder() / "docs/tools.md");
    std::ostringstream written;
    written << file.rdbuf();
    // If not: build/dev/blender-mcpd tools --markdown >docs/tools.md
    CHECK((written.str() == markdown()));
}

TEST_CASE("the documentation has every tool and every argument with its rules") {
    const auto text = markdown();
    for (const auto name : tool_names())
        CHECK(contains(text, "\n## " + std::string(name) + "\n"));
    CHECK(contains(text, "| `items[].kind` ! | `cube`, `sphere`,"));
    CHECK(contains(text, "| `items[].name` | string, 1 to 255 characters |"));
    CHECK(contains(text, "| `items[].light.angle` | number, 0 to 180 |"));
    CHECK(contains(text, "| `items[].location` | list of 3 x number, -1000000 to 1000000 |"));
    CHECK(contains(
        text, "| `steps` | integer, 1 to 50 | For undo and redo; all or none. Default: `1`. |"));
}

TEST_CASE("the list marks the tools that clients get") {
    const auto all = list({ToolSet::full});
    CHECK(contains(all, "* export_file             full      Export to a file\n"));
    CHECK(contains(list({ToolSet::standard}), "  export_file "));
    CHECK(contains(list({ToolSet::minimal, {"history"}, {"get_scene_info"}}), "* history "));
    CHECK(contains(list({ToolSet::minimal, {"history"}, {"get_scene_info"}}), "  get_scene_info "));
    const ToolSelection read_only{.set = ToolSet::full, .read_only = true};
    CHECK(contains(list(read_only), "* render "));
    CHECK(contains(list(read_only), "  create_objects "));
}

}  // namespace
}  // namespace blender_mcpd::tools
