#include "client_setup.hpp"
#include "doctor_world.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <support/catch.hpp>

using namespace blender_mcpd;
using app::CheckState;
using test::has;

namespace {

std::string cursor_entry(const std::string& name, const std::string& entry) {
    return "{\"mcpServers\": {\"" + name + "\": " + entry + "}}";
}

}  // namespace

TEST_CASE("no client has a file") {
    const test::DoctorWorld world;
    const auto finding = world.only(&app::check_clients);
    CHECK(finding.state == CheckState::note);
    CHECK(has(finding.remedy, "install --client"));
}

TEST_CASE("every client that we are installed in is found") {
    const test::DoctorWorld world;
    const auto id = GENERATE(values<std::string>(
        {"claude-code", "claude-desktop", "cursor", "vscode", "windsurf", "zed"}));
    CAPTURE(id);
    const auto scope = GENERATE(app::ClientScope::user, app::ClientScope::project);
    const auto& client = *app::find_client(id);
    const auto file = app::client_file(
        client, scope, {world.environment.variables, world.environment.current_folder, false});
    if (!file) return;
    const auto installed = app::install_in_client(
        {&client, *file, "blender", {world.environment.program.string(), {"stdio"}}});
    REQUIRE(installed.has_value());
    const auto finding = world.only(&app::check_clients);
    CHECK(finding.state == CheckState::ok);
    CHECK(has(finding.check, id));
    CHECK(finding.facts["file"] == file->string());
}

TEST_CASE("what an entry of ours starts") {
    const test::DoctorWorld world;
    const auto other = world.program("other/blender-mcpd", "");
    (void)world.program("bin/blender-mcpd", "");
    (void)world.file("plain/blender-mcpd", "", 0644);
    const auto ours = world.environment.program.string();
    struct Row {
        std::string name;
        std::string entry;
        CheckState state;
        std::string told;
    };
    const auto unusable = world.folder / "plain/blender-mcpd";
    const auto rows = std::vector<Row>{
        {"this one", R"({"command": ")" + ours + R"("})", CheckState::ok, ours},
        {"another one", R"({"command": ")" + other + R"("})", CheckState::note, "another"},
        {"one that is gone", R"({"command": "/gone/blender-mcpd"})", CheckState::error,
         "which is no program"},
        {"one that cannot be executed", R"({"command": ")" + unusable + R"("})", CheckState::error,
         "which is no program"},
        {"by PATH", R"({"command": "blender-mcpd"})", CheckState::warning, "by PATH"},
        {"with a lost configuration",
         R"({"command": ")" + ours + R"(", "args": ["--config", "/gone.toml"]})", CheckState::error,
         "/gone.toml"},
        {"with a lost configuration, in one word",
         R"({"command": ")" + ours + R"(", "args": ["--config=/gone.toml"]})", CheckState::error,
         "/gone.toml"},
    };
    const auto row = rows[GENERATE(range(std::size_t{0}, std::size_t{7}))];
    REQUIRE(rows.size() == 7);
    CAPTURE(row.name);
    (void)world.folder.write("home/.cursor/mcp.json", cursor_entry("b3d", row.entry));
    const auto finding = world.only(&app::check_clients);
    CHECK(finding.state == row.state);
    CHECK(has(finding.message, row.told));
    if (row.state != CheckState::ok)
        CHECK(has(finding.remedy, "blender-mcpd install --client cursor --name b3d --force"));
}

TEST_CASE("a file that the client cannot read") {
    const test::DoctorWorld world;
    (void)world.folder.write("home/.config/Claude/claude_desktop_config.json",
                             "{\n  // mine\n  \"mcpServers\": {}\n}");
    const auto finding = world.only(&app::check_clients);
    CHECK(finding.state == CheckState::error);
    CHECK(finding.check == "claude-desktop");
    CHECK(has(finding.message, "claude_desktop_config.json:2:3: comments"));
}

TEST_CASE("a client that does not start us") {
    const test::DoctorWorld world;
    (void)world.folder.write("home/.config/zed/settings.json", "// mine\n{\"theme\": \"One\",}");
    (void)world.folder.write("project/.vscode/mcp.json", "{}");
    const auto finding = world.only(&app::check_clients);
    CHECK(finding.check == "zed");
    CHECK(finding.state == CheckState::note);
    CHECK(has(finding.remedy, "install --client zed"));
}

TEST_CASE("a client that comes over HTTP") {
    const test::DoctorWorld world;
    const auto entry =
        GENERATE(values<std::string>({R"({"url": "http://127.0.0.1:9877/mcp"})",
                                      R"({"serverUrl": "http://localhost:9877/mcp"})"}));
    (void)world.folder.write("home/.cursor/mcp.json", cursor_entry("b", entry));
    const auto finding = world.only(&app::check_clients);
    CHECK(finding.state == CheckState::ok);
    CHECK(has(finding.message, ":9877/mcp"));
}

TEST_CASE("entries for one project in the file of all") {
    const test::DoctorWorld world;
    (void)world.folder.write(
        "home/.claude.json",
        R"({"mcpServers": {}, "projects": {"/p": {"mcpServers": {"b": {"command": "/gone/blender-mcpd"}}}, "/q": {}}})");
    const auto finding = world.only(&app::check_clients);
    CHECK(finding.state == CheckState::error);
    CHECK(has(finding.message, ".claude.json (for /p) starts /gone/blender-mcpd"));
}

TEST_CASE("blender-mcp in a client's file") {
    test::DoctorWorld world;
    const auto entry = GENERATE(values<std::string>({
        R"({"command": "uvx", "args": ["blender-mcp"]})",
        R"({"command": "uvx", "args": ["--from", "x", "blender-mcp@1.2"]})",
        R"({"command": "/home/u/.local/bin/blender-mcp"})",
    }));
    CAPTURE(entry);
    SECTION("alone") {
        (void)world.folder.write("home/.cursor/mcp.json", cursor_entry("b", entry));
        const auto finding = world.only(&app::check_clients);
        CHECK(finding.state == CheckState::note);
        CHECK(has(finding.message, "for the same port"));
        CHECK(has(finding.remedy, "install --client cursor --name b --force"));
    }
    SECTION("beside ours") {
        (void)world.folder.write("home/.cursor/mcp.json",
                                 R"({"mcpServers": {"b": )" + entry + R"(, "ours": {"command": ")" +
                                     world.environment.program.string() + "\"}}}");
        const auto found = app::check_clients(world.environment, world.config);
        REQUIRE(found.size() == 2);
        CHECK(found[0].state == CheckState::ok);
        CHECK(found[1].state == CheckState::note);
        CHECK(has(found[1].message, "beside this one, for the same port"));
        CHECK(has(found[1].remedy, "uninstall --client cursor --name b --force"));
    }
    SECTION("for another port") {
        world.config.blender.port = 9999;
        (void)world.folder.write("home/.cursor/mcp.json", cursor_entry("b", entry));
        CHECK_FALSE(has(world.only(&app::check_clients).message, "same port"));
    }
}

TEST_CASE("the port that an entry of blender-mcp has") {
    test::DoctorWorld world;
    world.config.blender.port = 9999;
    (void)world.folder.write(
        "home/.cursor/mcp.json",
        cursor_entry(
            "b",
            R"({"command": "uvx", "args": ["blender-mcp"], "env": {"BLENDER_PORT": "9999"}})"));
    CHECK(has(world.only(&app::check_clients).message, "same port"));
}
