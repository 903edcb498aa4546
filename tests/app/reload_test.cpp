#include "reload.hpp"

#include "config_input.hpp"
#include "settings.hpp"
#include "temp_folder.hpp"

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <support/catch.hpp>
#include <support/project_folder.hpp>

using namespace blender_mcpd;

TEST_CASE("of each setting: taken over when it can change while the daemon runs, told otherwise") {
    const app::Config current;
    for (const auto& setting : app::settings()) {
        const auto name = app::full_name(setting);
        INFO(name);
        const auto wanted = test::Input().with_flag(name, test::other_value(setting)).load().values;
        const auto result = app::reload(current, wanted);
        CHECK(result.config == (setting.live ? wanted : current));
        const std::vector<std::string> only{name};
        CHECK(result.changed == (setting.live ? only : std::vector<std::string>{}));
        CHECK(result.waiting == (setting.live ? std::vector<std::string>{} : only));
    }
}

TEST_CASE("what waits for the next start is told again each time") {
    app::Config wanted;
    wanted.http.port = 1;
    wanted.limits.per_minute = 7;
    const auto first = app::reload({}, wanted);
    const auto second = app::reload(first.config, wanted);
    CHECK(second.changed.empty());
    CHECK(second.waiting == std::vector<std::string>{"http.port"});
}

TEST_CASE("docs/service.md tells which settings these are") {
    std::map<std::string, std::string> rows;  // by section
    std::istringstream text(test::read_file(test::project_folder() / "docs/service.md"));
    for (std::string line; std::getline(text, line);)
        if (line.starts_with("| `["))
            rows[line.substr(4, line.find(']') - 4)] = line.substr(line.find(']'));
    for (const auto& setting : app::settings()) {
        INFO(app::full_name(setting));
        const auto& row = rows[std::string(setting.section)];
        const bool told = row.starts_with("]` | all") ||
                          row.find('`' + std::string(setting.key) + '`') != std::string::npos;
        CHECK(told == setting.live);
    }
}

TEST_CASE("the list for the log stays short") {
    CHECK(app::list_of({"a.b", "c.d"}) == "a.b, c.d");
    CHECK(app::list_of(std::vector<std::string>(1'000, "limits.enabled")).size() < 400);
}
