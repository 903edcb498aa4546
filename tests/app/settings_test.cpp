#include "settings.hpp"

#include "config_input.hpp"

#include <blender_mcpd/app/config.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <set>
#include <sstream>
#include <vector>

#include <support/catch.hpp>
#include <support/project_folder.hpp>

using namespace blender_mcpd;
using app::Origin;
using std::chrono::milliseconds;
using test::Input;
using test::kind_of;
using test::other_value;

namespace {

std::string in_toml(const app::Setting& setting, const std::string& text) {
    const auto value = app::check(setting, app::from_text(setting, text));
    REQUIRE(value);
    return app::to_toml(*value);
}

const auto shipped_file = test::project_folder() / "config/blender-mcpd.toml";

struct Line {
    std::string name;     // "section.key"
    std::string value;    // as written
    std::string comment;  // the lines before, joined by spaces
};

std::vector<Line> lines_of(const std::string& text) {
    std::vector<Line> lines;
    std::string section;
    std::string comment;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        if (line.starts_with('#')) {
            comment += line.substr(std::min<std::size_t>(2, line.size())) + ' ';
        } else if (line.starts_with('[')) {
            section = line.substr(1, line.size() - 2);
        } else if (const auto equals = line.find(" = "); equals != std::string::npos) {
            lines.push_back(
                {section + '.' + line.substr(0, equals), line.substr(equals + 3), comment});
        }
        if (!line.starts_with('#')) comment.clear();
    }
    return lines;
}

}  // namespace

TEST_CASE("the defaults are what is promised") {
    const app::Config config;
    CHECK(config.blender.host == "127.0.0.1");
    CHECK(config.blender.port == 9876);
    CHECK(config.blender.launch == app::Launch::automatic);
    CHECK(config.blender.factory_startup);
    CHECK(config.blender.start_timeout == std::chrono::seconds(60));
    CHECK(config.pool.max == 1);
    CHECK(config.pool.min == 0);
    CHECK(config.pool.health_interval == std::chrono::seconds(30));
    CHECK(config.pool.acquire_timeout == std::chrono::seconds(30));
    CHECK(config.calls.timeout == std::chrono::seconds(60));
    CHECK(config.calls.script_timeout == std::chrono::seconds(120));
    CHECK(config.calls.render_timeout == std::chrono::hours(1));
    CHECK(config.calls.max_reply_bytes == 268'435'456);
    CHECK(config.calls.max_request_bytes == 67'108'864);
    CHECK(config.mcp.max_line_bytes == 67'108'864);
    CHECK(config.mcp.attach == app::Attach::automatic);
    CHECK(config.socket.enabled);
    CHECK(config.socket.max_connections == 256);
    CHECK(config.log.level == app::LogLevel::info);
    CHECK(config.log.format == app::LogFormat::text);
}

TEST_CASE("the table is sound") {
    std::set<std::string> names;
    std::set<std::string> variables;
    std::vector<std::string_view> sections;
    for (const auto& setting : app::settings()) {
        INFO(app::full_name(setting));
        CHECK(names.insert(app::full_name(setting)).second);
        CHECK(variables.insert(app::variable(setting)).second);
        CHECK(app::find_setting(app::full_name(setting)) == &setting);
        CHECK_FALSE(setting.help.empty());
        CHECK(app::check(setting, std::visit([](const auto& value) { return app::Given(value); },
                                             app::default_value(setting))));
        if (sections.empty() || sections.back() != setting.section)
            sections.push_back(setting.section);
    }
    CHECK(std::set(sections.begin(), sections.end()).size() ==
          sections.size());  // each in one piece
    CHECK(app::find_setting("blender.nothing") == nullptr);
    CHECK(app::variable(*app::find_setting("pool.max_requests_per_connection")) ==
          "BLENDER_MCPD_POOL_MAX_REQUESTS_PER_CONNECTION");
}

TEST_CASE("every setting has an effect from every source, on itself alone") {
    for (const auto& setting : app::settings()) {
        const auto key = app::full_name(setting);
        const auto text = other_value(setting);
        const auto toml = in_toml(setting, text);
        INFO(key << " = " << toml);

        const auto from_file =
            Input(fmt::format("[{}]\n{} = {}\n", setting.section, setting.key, toml)).load();
        const auto from_environment = Input().with(app::variable(setting), text).load();
        const auto from_flag = Input().with_flag(key, text).load();

        CHECK(app::to_toml(setting.get(from_file.values)) == toml);
        CHECK(from_file.values == from_environment.values);
        CHECK(from_file.values == from_flag.values);
        CHECK(kind_of(from_file, key) == Origin::Kind::file);
        CHECK(from_file.origins.at(key).where == from_file.file + ":2");
        CHECK(kind_of(from_environment, key) == Origin::Kind::environment);
        CHECK(from_environment.origins.at(key).where == app::variable(setting));
        CHECK(kind_of(from_flag, key) == Origin::Kind::flag);
        CHECK(from_flag.origins.at(key).where == "--" + key);

        auto restored = from_file.values;
        CHECK_FALSE(restored == app::Config{});
        setting.set(restored, app::default_value(setting));
        CHECK(restored == app::Config{});
    }
}

TEST_CASE("the ends of every range survive unchanged, and nothing beyond is accepted") {
    for (const auto& setting : app::settings()) {
        INFO(app::full_name(setting));
        app::Config config;
        const auto survives = [&](const app::Value& value) {
            setting.set(config, value);
            return setting.get(config) == value;
        };
        if (const auto* range = std::get_if<app::Integer>(&setting.type)) {
            CHECK(survives(range->min));
            CHECK(survives(range->max));
            CHECK(app::check(setting, range->min));
            CHECK(app::check(setting, range->max));
            CHECK_FALSE(app::check(setting, range->min - 1));
            CHECK_FALSE(app::check(setting, range->max + 1));
            CHECK_FALSE(app::check(setting, std::numeric_limits<std::int64_t>::max()));
            CHECK_FALSE(app::check(setting, std::numeric_limits<std::int64_t>::min()));
        } else if (const auto* seconds = std::get_if<app::Seconds>(&setting.type)) {
            CHECK(survives(seconds->min));
            CHECK(survives(seconds->max));
            CHECK(app::check(setting, seconds->min));
            CHECK(app::check(setting, seconds->max));
            CHECK_FALSE(app::check(setting, seconds->min / 2));
            CHECK_FALSE(app::check(setting, seconds->max * 2));
        } else if (const auto* choice = std::get_if<app::Choice>(&setting.type)) {
            for (const auto name : choice->names)
                CHECK(survives(std::string(name)));
        }
    }
}

TEST_CASE("values that are not allowed") {
    struct Row {
        std::string key;
        std::string toml;
        std::string shown;  // after "is "; empty: the value is allowed
    };
    const auto row = GENERATE(values<Row>({
        {"blender.port", "0", "0, but must be an integer from 1 to 65535"},
        {"blender.port", "65536", "65536"},
        {"blender.port", "-1", "-1"},
        {"blender.port", "75412", "75412"},  // 9876 after wrapping at 65536
        {"blender.port", "9876.0", "9876"},
        {"blender.port", "9876.5", "9876.5"},
        {"blender.port", "'9876'", "\"9876\""},
        {"blender.port", "true", "true"},
        {"blender.port", "nan", "nan"},
        {"blender.port", "[1]",
         "an array with something else than strings, but must be an integer from 1 to 65535"},
        {"blender.port", "{ a = 1 }", "a section"},
        {"blender.port", "1979-05-27", "a date or time"},
        {"blender.port", "0xFF", ""},
        {"blender.launch", "'sometimes'", "\"sometimes\", but must be one of auto, always, never"},
        {"blender.launch", "'AUTO'", "\"AUTO\""},
        {"blender.launch", "true", "true"},
        {"blender.factory_startup", "1", "1, but must be true or false"},
        {"blender.factory_startup", "'true'", "\"true\""},
        {"blender.host", "''", "\"\", but must be an IP address or a host name, without a port"},
        {"blender.host", "'localhost:9876'", "\"localhost:9876\""},
        {"blender.host", "'http://a'", "\"http://a\""},
        {"blender.host", "'[::1]'", "\"[::1]\""},
        {"blender.host", "'a b'", "\"a b\""},
        {"blender.host", "'127.0.0.256'", "\"127.0.0.256\""},
        {"blender.host", "'" + std::string(254, 'a') + "'", "\"" + std::string(80, 'a') + "…\""},
        {"blender.host", "'" + std::string(253, 'a') + "'", ""},
        {"blender.host", "'::1'", ""},
        {"blender.host", "'my-host_2.local'", ""},
        {"blender.host", "7", "7"},
        {"blender.executable", "'blender'", "\"blender\", but must be an absolute path, or empty"},
        {"blender.executable", "'~/blender'", "\"~/blender\""},
        {"blender.executable", "'/opt/blender 4/blender'", ""},
        {"blender.blend_file", "'a.blend'", "\"a.blend\""},
        {"blender.blend_file", R"("/a\nb.blend")", "\"/a\\x0ab.blend\""},
        {"blender.blend_file", R"("/a\u0000b.blend")", "\"/a\\x00b.blend\""},
        {"blender.blend_file", "'/héllo.blend'", ""},
        {"limits.tools", "['render = 6']", ""},
        {"limits.tools", "['render=0', 'get_scene_info = 1000000']", ""},
        {"limits.tools", "['render = 6', 'rendr = 6']", "[render = 6, rendr = 6], but must be"},
        {"limits.tools", "['render']", "[render]"},
        {"limits.tools", "['render = ']", "[render = ]"},
        {"limits.tools", "['render = 1000001']", "[render = 1000001]"},
        {"limits.tools", "['render = -1']", "[render = -1]"},
        {"limits.tools", "['render = 1.5']", "[render = 1.5]"},
        {"limits.tools", "'render = 6'", "\"render = 6\""},
        {"limits.tools", "[1]", "an array with something else than strings, but must be"},
        {"limits.per_minute", "-1", "-1, but must be an integer from 0"},
        {"script.policy", "'deny'", "\"deny\", but must be one of off, warn, ask, block"},
        {"script.allow_modules", "['bpy', 'os.path']", ""},
        {"script.allow_modules", "['bpy;']", "[bpy;]"},
        {"script.allow_modules", "['']", "[]"},
        {"script.allow_sha256", "['abc']", "[abc], but must be an array of SHA-256 sums"},
        {"script.rules", "['file.write = deny']", "[file.write = deny]"},
        {"script.rules", "['file.write = off']", ""},
        {"script.rules", "['file.wride = off']", "[file.wride = off]"},
        {"files.roots", "['projects']", "[projects], but must be an array of absolute paths"},
        {"files.roots", "[]", ""},
        {"assets.folders", "['textures']", "[textures], but must be an array of absolute paths"},
        {"assets.providers", "['polyheaven']", "[polyheaven], but must be an array of names"},
        {"assets.providers", "[]", ""},
        {"assets.providers", "['sketchfab', 'polypizza']", ""},
        {"assets.sketchfab_token_file", "'~/token'", "\"~/token\", but must be an absolute path"},
        {"assets.polypizza_url", "'http://10.0.0.1:80'", "\"http://10.0.0.1:80\""},
        {"assets.resolution", "'2K'", "\"2K\""},
        {"assets.polyhaven_url", "'https://mirror.example.org'", ""},
        {"assets.polyhaven_url", "'http://127.0.0.1:8080'", ""},
        {"assets.polyhaven_url", "'http://mirror.example.org'", "\"http://mirror.example.org\""},
        {"assets.polyhaven_url", "'https://10.0.0.1'", "\"https://10.0.0.1\""},
        {"assets.ambientcg_url", "''", "\"\", but must be https"},
        {"cache.ttl_s", "nan", "nan, but must be a number from 0.001 to 604800"},
        {"cache.ttl_s", "604800", ""},
        {"blender.start_timeout_s", "0.999", "0.999, but must be a number from 1 to 600"},
        {"blender.start_timeout_s", "600.001", "600.001"},
        {"blender.start_timeout_s", "nan", "nan"},
        {"blender.start_timeout_s", "inf", "inf"},
        {"blender.start_timeout_s", "-inf", "-inf"},
        {"blender.start_timeout_s", "9223372036854775807", "9223372036854775807"},
        {"blender.start_timeout_s", "1e300", "1e+300"},
        {"blender.start_timeout_s", "true", "true"},
        {"blender.start_timeout_s", "600", ""},
        {"blender.memory_limit_mb", "799",
         "799, but must be 0, -1 or an integer from 800 to 16777216"},
        {"blender.memory_limit_mb", "1", "1"},
        {"blender.memory_limit_mb", "-2", "-2"},
        {"blender.memory_limit_mb", "16777217", "16777217"},
        {"blender.memory_limit_mb", "0", ""},
        {"blender.memory_limit_mb", "-1", ""},
        {"blender.memory_limit_mb", "800", ""},
        {"pool.max", "0", "0"},
        {"pool.max", "33", "33"},
        {"mcp.max_line_bytes", "1023", "1023"},
        {"mcp.max_line_bytes", "1073741825", "1073741825"},
        {"mcp.attach", "'maybe'", "\"maybe\", but must be one of auto, always, never"},
        {"socket.path", "'daemon.sock'", "\"daemon.sock\", but must be an absolute path, or empty"},
        {"socket.max_connections", "0", "0, but must be an integer from 1 to 10000"},
        {"socket.max_connections", "10001", "10001"},
        {"log.level", "'warning'",
         "\"warning\", but must be one of trace, debug, info, warn, error, off"},
        {"log.format", "'xml'", "\"xml\", but must be one of text, json"},
        {"log.file", "'blender.log'", "\"blender.log\""},
    }));
    INFO(row.key << " = " << row.toml);
    const auto dot = row.key.find('.');
    const Input input(fmt::format("[{}]\n\n{} = {}\n", row.key.substr(0, dot),
                                  row.key.substr(dot + 1), row.toml));
    if (row.shown.empty()) {
        CHECK(input.errors().empty());
    } else {
        CHECK_THAT(input.error(),
                   ContainsSubstring(fmt::format("test.toml:3: {} is {}", row.key, row.shown)));
        CHECK_THAT(input.error(), ContainsSubstring(", but must be "));
        CHECK_THAT(input.error(),
                   ContainsSubstring(". Correct it, or remove the line for the default, "));
    }
}

TEST_CASE("text from variables and flags obeys the same rules") {
    struct Row {
        std::string key;
        std::string text;
        std::string toml;  // of the result; empty: refused
    };
    const auto row = GENERATE(values<Row>({
        {"blender.port", "9877", "9877"},
        {"blender.port", " 9877", ""},
        {"blender.port", "9877 ", ""},
        {"blender.port", "+9877", ""},
        {"blender.port", "9877x", ""},
        {"blender.port", "0x10", ""},
        {"blender.port", "1e3", ""},
        {"blender.port", "9877.0", ""},
        {"blender.port", "4294967297", ""},            // 1 after wrapping at 2^32
        {"blender.port", "18446744073709551617", ""},  // 1 after wrapping at 2^64
        {"pool.max", "-18446744073709551612", ""},
        {"blender.factory_startup", "false", "false"},
        {"blender.factory_startup", "0", "false"},
        {"blender.factory_startup", "1", "true"},
        {"blender.factory_startup", "False", ""},
        {"blender.factory_startup", "2", ""},
        {"calls.timeout_s", "2.5", "2.5"},
        {"calls.timeout_s", "90", "90"},
        {"calls.timeout_s", "1e2", "100"},
        {"calls.timeout_s", "0.1004", "0.1"},  // to the millisecond
        {"calls.timeout_s", "1,5", ""},
        {"calls.timeout_s", "5s", ""},
        {"calls.timeout_s", "nan", ""},
        {"calls.timeout_s", "inf", ""},
        {"calls.timeout_s", "1e999", ""},
        {"calls.timeout_s", "-5", ""},
        {"log.level", "debug", "\"debug\""},
        {"log.level", "Debug", ""},
        {"blender.executable", "/opt/a \"b\"\\c", R"("/opt/a \"b\"\\c")"},
        {"blender.executable", "/opt/\xff", ""},
        {"blender.executable", "/opt/\x1b[31m", ""},
    }));
    INFO(row.key << "=" << row.text);
    const auto& setting = *app::find_setting(row.key);
    const auto variable = app::variable(setting);
    Input by_variable;
    by_variable.with(variable, row.text);
    Input by_flag;
    by_flag.with_flag(row.key, row.text);
    if (row.toml.empty()) {
        CHECK_THAT(by_variable.error(),
                   ContainsSubstring(fmt::format("{}: {} is ", variable, row.key)));
        CHECK_THAT(by_variable.error(),
                   ContainsSubstring("or unset the variable for the default, "));
        CHECK_THAT(by_flag.error(),
                   ContainsSubstring(fmt::format("--{}: {} is ", row.key, row.key)));
        CHECK_THAT(by_flag.error(), ContainsSubstring("or leave the flag out for the default, "));
    } else {
        CHECK(app::to_toml(setting.get(by_variable.load().values)) == row.toml);
        CHECK(by_flag.load().values == by_variable.load().values);
    }
}

TEST_CASE("times are kept to the millisecond") {
    const auto config =
        Input("[calls]\ntimeout_s = 0.25\nscript_timeout_s = 1.0015\n").load().values;
    CHECK(config.calls.timeout == milliseconds(250));
    CHECK((config.calls.script_timeout == milliseconds(1'001) ||
           config.calls.script_timeout == milliseconds(1'002)));
}

TEST_CASE("the shipped file and the table agree on keys, order, defaults and explanations") {
    const auto lines = lines_of(test::read_file(shipped_file));
    const auto table = app::settings();
    REQUIRE(lines.size() == table.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        INFO(lines[i].name);
        CHECK(lines[i].name == app::full_name(table[i]));
        CHECK(lines[i].value == app::to_toml(app::default_value(table[i])));
        CHECK(lines[i].comment.starts_with(
            fmt::format("{} Must be {}.", table[i].help, app::allowed(table[i]))));
    }
}

TEST_CASE("the shipped file changes nothing") {
    app::ConfigSources sources;
    sources.file = shipped_file.string();
    const auto config = app::load_config(sources);
    REQUIRE(config.has_value());
    CHECK(config->values == app::Config{});
    for (const auto& [key, origin] : config->origins) {
        INFO(key);
        CHECK(origin.kind == Origin::Kind::file);
    }
}
