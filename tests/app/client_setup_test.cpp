#include "client_setup.hpp"

#include "temp_folder.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include <support/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

using namespace blender_mcpd;
using Change = app::SetupOutcome::Change;

namespace {

namespace fs = std::filesystem;

constexpr auto program = "/opt/blender-mcpd/bin/blender-mcpd";

struct Home {
    test::TempFolder folder;
    app::ClientSurroundings surroundings{{{"HOME", folder / "home"}}, folder / "project", false};

    [[nodiscard]] app::ClientSetup setup(std::string_view id,
                                         app::ClientScope scope = app::ClientScope::user) const {
        app::ClientSetup setup;
        setup.client = app::find_client(id);
        REQUIRE(setup.client != nullptr);
        const auto file = app::client_file(*setup.client, scope, surroundings);
        REQUIRE(file.has_value());
        setup.file = *file;
        setup.name = "blender";
        setup.command = {program, {"--blender-port", "9999", "stdio"}};
        return setup;
    }
    [[nodiscard]] app::ClientSetup setup(std::string_view id, std::string_view text) const {
        auto made = setup(id);
        fs::create_directories(made.file.parent_path());
        (void)folder.write(fs::relative(made.file, folder / "").string(), text);
        return made;
    }
    [[nodiscard]] std::vector<fs::path> backups(const app::ClientSetup& setup) const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator(setup.file.parent_path()))
            if (entry.path().filename().string().starts_with(setup.file.filename().string() +
                                                             ".bak-"))
                found.push_back(entry.path());
        return found;
    }
};

app::SetupOutcome install(const app::ClientSetup& setup) {
    auto outcome = app::install_in_client(setup);
    if (!outcome) FAIL(outcome.error());
    return *outcome;
}

core::Error refusal(const app::ClientSetup& setup) {
    const auto before = test::read_file(setup.file);
    const auto outcome = app::install_in_client(setup);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(test::read_file(setup.file) == before);
    return outcome.error();
}

mode_t mode(const fs::path& file) {
    struct stat info {};
    REQUIRE(::stat(file.c_str(), &info) == 0);
    return info.st_mode & 0777;
}

}  // namespace

TEST_CASE("where each client looks") {
    struct Row {
        std::string id;
        std::string linux;
        std::string macos;
        std::string project;
    };
    const auto row = GENERATE(values<Row>({
        {"claude-code", "/h/.claude.json", "/h/.claude.json", "/p/.mcp.json"},
        {"claude-desktop", "/c/Claude/claude_desktop_config.json",
         "/h/Library/Application Support/Claude/claude_desktop_config.json", ""},
        {"cursor", "/h/.cursor/mcp.json", "/h/.cursor/mcp.json", "/p/.cursor/mcp.json"},
        {"vscode", "/c/Code/User/mcp.json", "/h/Library/Application Support/Code/User/mcp.json",
         "/p/.vscode/mcp.json"},
        {"windsurf", "/h/.codeium/windsurf/mcp_config.json", "/h/.codeium/windsurf/mcp_config.json",
         ""},
        {"zed", "/c/zed/settings.json", "/h/.config/zed/settings.json", "/p/.zed/settings.json"},
    }));
    CAPTURE(row.id);
    const auto* client = app::find_client(row.id);
    REQUIRE(client != nullptr);
    app::ClientSurroundings here{{{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/c"}}, "/p", false};
    CHECK(app::client_file(*client, app::ClientScope::user, here)->string() == row.linux);
    CHECK(
        app::client_file(*client, app::ClientScope::project, here).value_or(fs::path()).string() ==
        row.project);
    here.macos = true;
    CHECK(app::client_file(*client, app::ClientScope::user, here)->string() == row.macos);
    CHECK_FALSE(app::client_file(*client, app::ClientScope::user, {{}, "/p", false}).has_value());
}

TEST_CASE("places that the environment moves") {
    const auto& code = *app::find_client("claude-code");
    const auto& zed = *app::find_client("zed");
    app::ClientSurroundings here{{{"HOME", "/h"}, {"CLAUDE_CONFIG_DIR", "/d"}}, "/p", false};
    CHECK(app::client_file(code, app::ClientScope::user, here) == fs::path("/d/.claude.json"));
    CHECK(app::client_file(zed, app::ClientScope::user, here) ==
          fs::path("/h/.config/zed/settings.json"));
    here.environment["XDG_CONFIG_HOME"] = "relative";
    CHECK(app::client_file(zed, app::ClientScope::user, here) ==
          fs::path("/h/.config/zed/settings.json"));
    CHECK(app::find_client("emacs") == nullptr);
    CHECK(app::client_ids().size() == 6);
}

TEST_CASE("a fresh file of each client") {
    struct Row {
        std::string id;
        std::string servers;
        std::string entry;
    };
    const std::string rest =
        R"("command":"/opt/blender-mcpd/bin/blender-mcpd","args":["--blender-port","9999","stdio"]})";
    const auto row = GENERATE_COPY(values<Row>({
        {"claude-code", "mcpServers", R"({"type":"stdio",)" + rest},
        {"claude-desktop", "mcpServers", "{" + rest},
        {"cursor", "mcpServers", R"({"type":"stdio",)" + rest},
        {"vscode", "servers", R"({"type":"stdio",)" + rest},
        {"windsurf", "mcpServers", "{" + rest},
        {"zed", "context_servers", R"({"source":"custom",)" + rest},
    }));
    CAPTURE(row.id);
    const Home home;
    const auto setup = home.setup(row.id);
    const auto outcome = install(setup);
    CHECK(outcome.change == Change::added);
    CHECK(outcome.backup.empty());
    const auto text = test::read_file(setup.file);
    CHECK(core::parse_json(text)->dump() ==
          "{\"" + row.servers + R"(":{"blender":)" + row.entry + "}}");
    CHECK(text == app::client_snippet(setup) + "\n");
    CHECK(mode(setup.file) == 0600);

    SECTION("the same again changes nothing") {
        CHECK(install(setup).change == Change::none);
        CHECK(test::read_file(setup.file) == text);
        CHECK(home.backups(setup).empty());
    }
    SECTION("and out again") {
        const auto removed = app::uninstall_from_client(setup);
        REQUIRE(removed.has_value());
        CHECK(removed->change == Change::removed);
        CHECK(core::parse_json(test::read_file(setup.file))->dump() ==
              "{\"" + row.servers + "\":{}}");
        CHECK(app::uninstall_from_client(setup)->change == Change::none);
    }
}

TEST_CASE("what is in a file stays, byte for byte") {
    const Home home;
    const std::string before =
        "// Mine\n{\n    \"theme\": \"One\", // dark\n    \"context_servers\": {\n        "
        "\"other\": "
        "{ \"command\": \"x\", },\n    },\n}\n";
    const auto setup = home.setup("zed", before);
    CHECK(::chmod(setup.file.c_str(), 0640) == 0);
    const auto outcome = install(setup);
    CHECK(outcome.change == Change::added);
    const auto after = test::read_file(setup.file);
    const auto cut = before.find("\n    },\n}");
    CHECK(after.starts_with(before.substr(0, cut)));
    CHECK(after.ends_with(before.substr(cut)));
    CHECK(mode(setup.file) == 0640);
    CHECK(test::read_file(outcome.backup) == before);
    CHECK(mode(outcome.backup) == 0600);

    REQUIRE(app::uninstall_from_client(setup).has_value());
    CHECK(test::read_file(setup.file) == before);
    CHECK(home.backups(setup).size() == 2);
}

TEST_CASE("another entry of that name is replaced only by force") {
    const Home home;
    const std::string entry = R"({"command": "uvx", "args": ["blender-mcp"]})";
    auto setup =
        home.setup("cursor", "{\n  \"mcpServers\": {\n    \"blender\": " + entry + "\n  }\n}");
    const auto error = refusal(setup);
    CHECK(error.message.find(entry) != std::string::npos);
    CHECK(error.remedy.find("--force") != std::string::npos);
    const auto kept = app::uninstall_from_client(setup);
    REQUIRE_FALSE(kept.has_value());
    CHECK(kept.error().message.find(entry) != std::string::npos);

    setup.force = true;
    const auto outcome = install(setup);
    CHECK(outcome.change == Change::replaced);
    CHECK(outcome.old_entry == entry);
    CHECK(test::read_file(outcome.backup).find("uvx") != std::string::npos);
    CHECK(test::read_file(setup.file).find("uvx") == std::string::npos);
}

TEST_CASE("what the user added to our entry stays") {
    const Home home;
    auto setup = home.setup("cursor");
    (void)install(setup);
    auto file = *core::parse_json(test::read_file(setup.file));
    file["mcpServers"]["blender"]["env"] = {{"BLENDER_MCPD_LOG_LEVEL", "debug"}};
    (void)home.setup("cursor", file.dump());
    CHECK(install(setup).change == Change::none);

    setup.command.arguments = {"stdio"};
    CHECK(refusal(setup).remedy.find("--force") != std::string::npos);
}

TEST_CASE("files that are not edited") {
    struct Row {
        std::string name;
        std::string id;
        std::string text;
        std::string told;
    };
    const auto row = GENERATE(values<Row>({
        {"a missing comma", "cursor", "{\n  \"a\": 1\n  \"b\": 2\n}", ":3:3: a comma"},
        {"comments where the client takes none", "claude-desktop", "{ // x\n}", ":1:3: comments"},
        {"an array", "cursor", "\n[]", ":2:1: this must be an object"},
        {"servers that are none", "vscode", "{\"servers\": []}", ":1:13: \"servers\" must be"},
    }));
    CAPTURE(row.name);
    const Home home;
    const auto setup = home.setup(row.id, row.text);
    const auto error = refusal(setup);
    CHECK(error.message.find(row.told) != std::string::npos);
    CHECK(error.remedy.find("--print") != std::string::npos);
    CHECK(home.backups(setup).empty());
}

TEST_CASE("an empty file is as good as none") {
    const Home home;
    const auto setup = home.setup("cursor", " \n");
    CHECK(install(setup).change == Change::added);
    CHECK(test::read_file(setup.file) == app::client_snippet(setup) + "\n");
    CHECK(home.backups(setup).size() == 1);
}

TEST_CASE("symbolic links") {
    const Home home;
    const auto setup = home.setup("cursor");
    fs::create_directories(setup.file.parent_path());
    SECTION("are followed, and stay") {
        const fs::path target = home.folder.write("dotfiles/cursor.json", "{}");
        fs::create_symlink(target, setup.file);
        const auto outcome = install(setup);
        CHECK(outcome.file == fs::canonical(target));
        CHECK(fs::is_symlink(setup.file));
        CHECK(test::read_file(target).find("blender-mcpd") != std::string::npos);
        CHECK(outcome.backup.parent_path() == fs::canonical(target).parent_path());
    }
    SECTION("that lead nowhere are refused") {
        fs::create_symlink(home.folder / "gone", setup.file);
        CHECK(refusal(setup).message.find("leads nowhere") != std::string::npos);
    }
    SECTION("that lead to something else are refused") {
        fs::create_symlink("/dev/null", setup.file);
        CHECK(refusal(setup).message.find("no regular file") != std::string::npos);
    }
    SECTION("a folder in its place is refused") {
        fs::create_directory(setup.file);
        const auto outcome = app::install_in_client(setup);
        REQUIRE_FALSE(outcome.has_value());
        CHECK(outcome.error().message.find("no regular file") != std::string::npos);
    }
}

TEST_CASE("two backups within a second have names of their own") {
    const Home home;
    auto setup = home.setup("cursor", "{}");
    for (int number = 0; number < 3; ++number) {
        setup.command.arguments = {std::to_string(number)};
        setup.force = true;
        (void)install(setup);
    }
    CHECK(home.backups(setup).size() == 3);
}

TEST_CASE("what an entry starts, whoever wrote it") {
    struct Row {
        std::string entry;
        std::string program;
        std::vector<std::string> arguments;
    };
    const auto row = GENERATE(values<Row>({
        {R"({"command": "uvx", "args": ["blender-mcp", 1]})", "uvx", {"blender-mcp", "1"}},
        {R"({"command": {"path": "/x", "args": ["a"]}})", "/x", {"a"}},
        {R"({"command": "/x"})", "/x", {}},
        {R"({"url": "http://localhost"})", "", {}},
        {R"({"command": 1})", "", {}},
        {R"([])", "", {}},
    }));
    const auto command =
        app::command_of(*core::parse_json(row.entry)).value_or(app::ClientCommand{});
    CHECK(command.program == row.program);
    CHECK(command.arguments == row.arguments);
}

TEST_CASE("names that every client takes") {
    CHECK(app::is_entry_name("blender-2_x"));
    CHECK_FALSE(app::is_entry_name(""));
    CHECK_FALSE(app::is_entry_name("a b"));
    CHECK_FALSE(app::is_entry_name("a/b"));
    CHECK_FALSE(app::is_entry_name(std::string(65, 'a')));
}
