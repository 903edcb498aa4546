#include "config_input.hpp"
#include "settings_file.hpp"

#include <blender_mcpd/app/config.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include <stdlib.h>
#include <support/catch.hpp>

using namespace blender_mcpd;
using app::ConfigSources;
using app::Origin;
using test::Input;
using test::kind_of;
using test::other_value;

TEST_CASE("without any source, the configuration is the defaults") {
    const auto config = Input().load();
    CHECK(config.values == app::Config{});
    CHECK(config.file.empty());
    CHECK(config.origins.size() == app::settings().size());
    for (const auto& [key, origin] : config.origins) {
        INFO(key);
        CHECK(origin.kind == Origin::Kind::fallback);
    }
}

TEST_CASE("a flag wins over the environment, that over an alias, that over the file") {
    Input input("[blender]\nport = 1001\nhost = 'file'\n");
    CHECK(input.load().values.blender.port == 1001);

    input.with("BLENDER_PORT", "1002").with("BLENDER_HOST", "alias");
    CHECK(input.load().values.blender.port == 1002);
    CHECK(input.load().values.blender.host == "alias");
    CHECK(input.load().origins.at("blender.port").where == "BLENDER_PORT");

    input.with("BLENDER_MCPD_BLENDER_PORT", "1003");
    CHECK(input.load().values.blender.port == 1003);
    CHECK(input.load().values.blender.host == "alias");

    input.with_flag("blender.port", "1004");
    CHECK(input.load().values.blender.port == 1004);
    input.with_flag("blender.port", "1005");  // the last one of two
    CHECK(input.load().values.blender.port == 1005);
    CHECK(kind_of(input.load(), "blender.port") == Origin::Kind::flag);
}

TEST_CASE("empty variables count as unset, empty flags do not") {
    Input input("[blender]\nport = 1001\nblend_file = '/a.blend'\n");
    for (const auto& setting : app::settings())
        input.with(app::variable(setting), "");
    input.with("BLENDER_PORT", "").with("BLENDER_HOST", "").with("BLENDER_MCPD_NONSENSE", "");
    const auto config = input.load().values;
    CHECK(config.blender.port == 1001);
    CHECK(config.blender.blend_file == "/a.blend");

    CHECK(input.with_flag("blender.blend_file", "").load().values.blender.blend_file.empty());
    CHECK_THAT(input.with_flag("blender.port", "").error(),
               ContainsSubstring("blender.port is \"\""));
}

TEST_CASE("an alias is not looked at when something of ours decides") {
    const std::string of_a_container_platform = "tcp://10.0.0.1:80";
    CHECK_THAT(Input().with("BLENDER_PORT", of_a_container_platform).error(),
               ContainsSubstring("BLENDER_PORT: blender.port is \"tcp://10.0.0.1:80\""));
    CHECK(Input()
              .with("BLENDER_PORT", of_a_container_platform)
              .with("BLENDER_MCPD_BLENDER_PORT", "1")
              .load()
              .values.blender.port == 1);
    CHECK(Input()
              .with("BLENDER_PORT", of_a_container_platform)
              .with_flag("blender.port", "2")
              .load()
              .values.blender.port == 2);
}

TEST_CASE("names that do not exist") {
    struct Row {
        std::string toml;
        std::string error;
    };
    const auto row = GENERATE(values<Row>({
        {"[blendr]\nport = 1\nhots = 2",
         "test.toml:1: there is no section \"blendr\". Did you mean blender?"},
        {"[quux]",
         "test.toml:1: there is no section \"quux\". The sections are blender, recovery, pool, "
         "calls, tools, "
         "limits, cache, script, files, assets, generation, mcp, socket, http, log, metrics"},
        {"\n[blender]\nprot = 1",
         "test.toml:3: there is no key \"prot\" in section blender. Did you mean port?"},
        {"[blender]\ntimeout_s = 1",
         "test.toml:2: there is no key \"timeout_s\" in section blender. Did you mean "
         "calls.timeout_s?"},
        {"[log]\nzzzzzzzz = 1",
         "test.toml:2: there is no key \"zzzzzzzz\" in section log. Its keys are level, format, "
         "file"},
        {"port = 1",
         "test.toml:1: the key \"port\" stands outside of any section. Did you mean blender.port?"},
        {"zzz = 1",
         "test.toml:1: the key \"zzz\" stands outside of any section. Write it under one of the "
         "sections blender, recovery, pool, calls, tools, limits, cache, script, files, assets, "
         "generation, mcp, "
         "socket, http, "
         "log, metrics"},
        {"blender = 1",
         "test.toml:1: blender must be a section, but is 1. Write [blender] on a line of its own, "
         "and its keys below"},
        {"[[blender]]\nport = 1",
         "test.toml:1: blender must be a section, but is an array with something else than "
         "strings. Write [blender]"},
        {"[blender.port]\nx = 1", "test.toml:1: blender.port is a section, but must be"},
        {"[blender]\n\"po\\u001brt\" = 1",
         "test.toml:2: there is no key \"po\\x1brt\" in section blender."},
    }));
    INFO(row.toml);
    CHECK_THAT(Input(row.toml).error(), ContainsSubstring(row.error));
}

TEST_CASE("other ways to write a section in TOML") {
    CHECK(Input("blender.port = 5").load().values.blender.port == 5);
    CHECK(Input("blender = { port = 5, host = 'a' }").load().values.blender.port == 5);
    CHECK(Input("\xEF\xBB\xBF[blender]\r\nport = 5\r\n").load().values.blender.port == 5);
    CHECK(Input("# nothing\n").load().values == app::Config{});
    CHECK(Input("[blender]\n[log]\n").load().values == app::Config{});
}

TEST_CASE("variables that do not exist") {
    CHECK_THAT(
        Input().with("BLENDER_MCPD_POOL_MAXX", "1").error(),
        ContainsSubstring("BLENDER_MCPD_POOL_MAXX: there is no setting of this name. Did you mean "
                          "BLENDER_MCPD_POOL_MAX?"));
    CHECK_THAT(
        Input().with("BLENDER_MCPD_X", "1").error(),
        ContainsSubstring("BLENDER_MCPD_X: there is no setting of this name. Unset the variable"));
    CHECK_THAT(Input().with("BLENDER_MCPD_", "1").error(),
               ContainsSubstring("no setting of this name"));
    CHECK(Input().with("BLENDER_MCPDX", "1").with("BLENDER_USER_SCRIPTS", "x").errors().empty());
}

TEST_CASE("flags for keys that do not exist") {
    CHECK_THAT(
        Input().with_flag("blender.prot", "1").error(),
        ContainsSubstring(
            "--blender.prot: there is no setting \"blender.prot\". Did you mean blender.port?"));
    CHECK_THAT(Input().with_flag("x", "1").error(), ContainsSubstring("Leave the flag out"));
}

TEST_CASE("all errors are listed together, also of values that others overrule") {
    Input input("[blender]\nport = 0\nprot = 1\n[pool]\nmax = 99\n[nothing]\n");
    input.with("BLENDER_MCPD_BLENDER_PORT", "x")
        .with("BLENDER_MCPD_NOTHING_AT_ALL", "1")
        .with_flag("log.level", "loud")
        .with_flag("blender.port", "9876");
    const auto errors = input.errors();
    std::vector<std::string> places;
    const auto folder = input.folder / "";
    for (const auto& error : errors)
        places.push_back(error.where.starts_with(folder) ? error.where.substr(folder.size())
                                                         : error.where);
    CHECK(places == std::vector<std::string>{"test.toml:2", "test.toml:3", "test.toml:5",
                                             "test.toml:6", "BLENDER_MCPD_BLENDER_PORT",
                                             "BLENDER_MCPD_NOTHING_AT_ALL", "--log.level"});
    const auto text = app::describe(errors);
    CHECK(std::ranges::count(text, '\n') == static_cast<std::ptrdiff_t>(errors.size()));
    for (const auto& error : errors) {
        CHECK_THAT(text,
                   ContainsSubstring(error.where + ": " + error.message + ". " + error.remedy));
        CHECK_FALSE(error.remedy.empty());
    }
    CHECK_THROWS_WITH(app::load_config(input.sources).value(), ContainsSubstring("pool.max is 99"));
}

TEST_CASE("settings that do not go together") {
    CHECK_THAT(Input("[pool]\nconnect_timeout_s = 31\n").error(),
               ContainsSubstring("test.toml:2: pool.connect_timeout_s = 31 (") &&
                   ContainsSubstring("does not go with pool.acquire_timeout_s = 30 (default)"));
    CHECK_THAT(
        Input().with("BLENDER_MCPD_POOL_ACQUIRE_TIMEOUT_S", "4").error(),
        ContainsSubstring(
            "BLENDER_MCPD_POOL_ACQUIRE_TIMEOUT_S: pool.connect_timeout_s = 5 (default) does not "
            "go with pool.acquire_timeout_s = 4 (BLENDER_MCPD_POOL_ACQUIRE_TIMEOUT_S)"));
    CHECK(Input("[pool]\nconnect_timeout_s = 30\n").errors().empty());

    CHECK_THAT(Input("[pool]\nmin = 2\n").error(),
               ContainsSubstring("test.toml:2: pool.min = 2 (") &&
                   ContainsSubstring("does not go with pool.max = 1 (default)"));
    CHECK(Input("[pool]\nmin = 2\nmax = 2\n").errors().empty());

    Input file("[blender]\nblend_file = '/a.blend'\n");
    CHECK(file.errors().empty());
    CHECK_THAT(file.with_flag("blender.launch", "never").error(),
               ContainsSubstring("test.toml:2: blender.blend_file = \"/a.blend\"") &&
                   ContainsSubstring("blender.launch = \"never\" (--blender.launch)"));
    CHECK(file.with_flag("blender.blend_file", "").errors().empty());
}

TEST_CASE("no time to live is both at least its minimum and at most its maximum") {
    CHECK_THAT(Input("[cache]\nttl_max_s = 0.5\n").error(),
               ContainsSubstring("cache.ttl_min_s = 1 (default) does not go with cache.ttl_max_s = "
                                 "0.5 (test.toml:2)"));
    CHECK(Input("[cache]\nttl_max_s = 604800\nttl_s = 604800\n").load().values.cache.ttl ==
          std::chrono::hours(7 * 24));
}

TEST_CASE("a setting with an error of its own is not blamed a second time") {
    CHECK_THAT(Input("[pool]\nacquire_timeout_s = 0\nconnect_timeout_s = 100\n").error(),
               ContainsSubstring("test.toml:2: pool.acquire_timeout_s is 0"));
}

TEST_CASE("files that cannot be used") {
    Input input;
    input.sources.file = input.folder / "absent.toml";
    CHECK_THAT(
        input.error(),
        ContainsSubstring("absent.toml: the configuration file cannot be read: No such file"));

    input.sources.file = "";
    CHECK_THAT(input.error(), ContainsSubstring("cannot be read"));

    input.sources.file = input.folder / "";
    CHECK_THAT(input.error(), ContainsSubstring("cannot be read: Is a directory"));

    input.sources.file = "/dev/zero";
    CHECK_THAT(input.error(), ContainsSubstring("larger than 1048576 bytes"));

    input.sources.file = input.folder.write("largest.toml", std::string(app::max_file_bytes, '\n'));
    CHECK(input.errors().empty());
}

TEST_CASE("a file that is not TOML is an error with its line, beside the errors of other sources") {
    const auto text = GENERATE(values<std::string>({
        "[blender]\nhost = localhost\n",
        "[blender]\nport = 1 2\n",
        "[blender]\nport\n",
        "[log]\n[log]\n",
        "[log]\nfile = '\xff'\n",
        "\nx = " + std::string(10'000, '[') + "\n",
        "[blender]\nport = 99999999999999999999\n",
    }));
    INFO(text.substr(0, 40));
    Input input(text);
    CHECK_THAT(input.error(), ContainsSubstring("test.toml:2: "));
    CHECK(input.with("BLENDER_MCPD_POOL_MAX", "0").errors().size() == 2);
    CHECK_THAT(Input("[blender]\nport = 1\nport = 2\n").error(),
               ContainsSubstring("test.toml:3: "));
}

TEST_CASE("the user's own file is found by the XDG rules") {
    const test::TempFolder folder;
    const auto in_home = folder.write("home/.config/blender-mcpd/config.toml", "[pool]\nmax = 4\n");
    const auto in_xdg = folder.write("xdg/blender-mcpd/config.toml", "[pool]\nmax = 2\n");
    const auto relative = [&](std::string_view name) {
        return std::filesystem::relative(folder / name).string();
    };
    const auto named = folder.write("named.toml", "[pool]\nmax = 3\n");
    struct Row {
        std::string name;
        std::map<std::string, std::string> environment;
        std::optional<std::string> file;
        std::string expected;  // the file; empty: none
    };
    const std::vector<Row> rows{
        {"home", {{"HOME", folder / "home"}}, {}, in_home},
        {"xdg before home",
         {{"HOME", folder / "home"}, {"XDG_CONFIG_HOME", folder / "xdg"}},
         {},
         in_xdg},
        {"empty xdg", {{"HOME", folder / "home"}, {"XDG_CONFIG_HOME", ""}}, {}, in_home},
        {"relative xdg",
         {{"HOME", folder / "home"}, {"XDG_CONFIG_HOME", relative("xdg")}},
         {},
         in_home},
        {"no file in xdg",
         {{"HOME", folder / "home"}, {"XDG_CONFIG_HOME", folder / "none"}},
         {},
         ""},
        {"a file in the way", {{"XDG_CONFIG_HOME", named}}, {}, ""},
        {"no home", {}, {}, ""},
        {"relative home", {{"HOME", relative("home")}}, {}, ""},
        {"--config before all",
         {{"HOME", folder / "home"}, {"XDG_CONFIG_HOME", folder / "xdg"}},
         named,
         named},
    };
    for (const auto& row : rows) {
        INFO(row.name);
        ConfigSources sources;
        sources.environment = row.environment;
        sources.file = row.file;
        const auto config = app::load_config(sources);
        REQUIRE(config.has_value());
        CHECK(config->file == row.expected);
        const auto expected = row.expected.empty()      ? 1U
                              : row.expected == in_home ? 4U
                              : row.expected == in_xdg  ? 2U
                                                        : 3U;
        CHECK(config->values.pool.max == expected);
    }
}

TEST_CASE("the user's own file is not ignored when it cannot be read") {
    const test::TempFolder folder;
    std::filesystem::create_directories(folder / "blender-mcpd/config.toml");
    ConfigSources sources;
    sources.environment["XDG_CONFIG_HOME"] = folder / "";
    const auto config = app::load_config(sources);
    REQUIRE(config.has_error());
    CHECK_THAT(app::describe(config.error()), ContainsSubstring("Is a directory"));
}

TEST_CASE("the environment of the process") {
    ::setenv("BLENDER_MCPD_TEST_OF_ENVIRONMENT", "a=b", 1);
    CHECK(app::process_environment().at("BLENDER_MCPD_TEST_OF_ENVIRONMENT") == "a=b");
    ::unsetenv("BLENDER_MCPD_TEST_OF_ENVIRONMENT");
    CHECK_FALSE(app::process_environment().contains("BLENDER_MCPD_TEST_OF_ENVIRONMENT"));
}

TEST_CASE("config show says what is in effect and where it came from") {
    Input input("[blender]\nhost = \"my-host\"\n");
    input.with("BLENDER_PORT", "1234")
        .with("BLENDER_MCPD_LOG_LEVEL", "debug")
        .with_flag("calls.timeout_s", "0.5");
    const auto text = app::render_effective(input.load());
    CHECK(text.starts_with("[blender]\nhost = \"my-host\" "));
    CHECK_THAT(text, ContainsSubstring("# " + (input.folder / "test.toml") + ":2\n"));
    struct Row {
        std::string assignment;
        std::string origin;
    };
    const std::vector<Row> rows{{"port = 1234", "env BLENDER_PORT"},
                                {"level = \"debug\"", "env BLENDER_MCPD_LOG_LEVEL"},
                                {"timeout_s = 0.5", "flag --calls.timeout_s"},
                                {"factory_startup = true", "default"}};
    for (const auto& row : rows)
        CHECK_THAT(text,
                   ContainsSubstring(fmt::format("\n{:<40}  # {}\n", row.assignment, row.origin)));
    CHECK_THAT(text, ContainsSubstring("\n\n[pool]\n"));
}

TEST_CASE("what config show prints is a configuration file with the same effect") {
    Input input;
    for (const auto& setting : app::settings())
        input.with_flag(app::full_name(setting),
                        setting.key == "launch" ? "always" : other_value(setting));
    input.with_flag("blender.blend_file", "/with \"quotes\", \\ and # ünïcödé.blend");
    const auto config = input.load();
    const Input again(app::render_effective(config));
    CHECK(again.load().values == config.values);
    for (const auto& [key, origin] : again.load().origins) {
        INFO(key);
        CHECK(origin.kind == Origin::Kind::file);
    }
}

TEST_CASE("the settings alone are a configuration file with the same effect") {
    Input input;
    input.with_flag("calls.timeout_s", "0.5").with_flag("log.level", "debug");
    const auto config = input.load();
    const auto text = app::render_settings(config.values);
    CHECK(text.starts_with("[blender]\nhost = "));
    CHECK_THAT(text, ContainsSubstring("\ntimeout_s = 0.5\n"));
    CHECK_THAT(text, ContainsSubstring("\n\n[pool]\n"));
    CHECK(text.find('#') == std::string::npos);
    CHECK(Input(text).load().values == config.values);
}

TEST_CASE("a newline in the file's name cannot end the comment of config show") {
    const test::TempFolder folder;
    ConfigSources sources;
    sources.file = folder.write("a\n[pool]\nmax = 9.toml", "[blender]\nport = 1\n");
    const auto config = app::load_config(sources);
    REQUIRE(config.has_value());
    CHECK(Input(app::render_effective(*config)).load().values.pool.max == 1);
}
