#include "service_units.hpp"

#include "temp_folder.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <support/catch.hpp>
#include <sys/stat.h>

using namespace blender_mcpd;
using app::ServiceScope;
using app::UnitKind;
using app::UnitState;

namespace fs = std::filesystem;

TEST_CASE("words of a command line in a unit") {
    struct Row {
        std::string word;
        std::string written;
    };
    const auto row = GENERATE(values<Row>({
        {"/usr/bin/blender-mcpd", "/usr/bin/blender-mcpd"},
        {"--log-level", "--log-level"},
        {"", R"("")"},
        {"/home/a b/c.toml", R"("/home/a b/c.toml")"},
        {"50%", R"("50%%")"},
        {"$HOME", R"("$$HOME")"},
        {R"(a"b\c)", R"("a\"b\\c")"},
        {"a;b", R"("a;b")"},
        {"a\nb", R"("a\nb")"},
    }));
    CHECK(app::unit_word(row.word) == row.written);
}

TEST_CASE("every unit is there, ours, and starts what it should") {
    for (const auto scope : {ServiceScope::user, ServiceScope::system}) {
        const auto service =
            app::unit_text(scope, UnitKind::service, {"/opt/b m", "--blender-port", "9"});
        CHECK_THAT(service,
                   Catch::Matchers::StartsWith("# Written by `blender-mcpd service install`"));
        CHECK_THAT(service, ContainsSubstring("\nExecStart=\"/opt/b m\" --blender-port 9 serve\n"));
        CHECK_THAT(service, ContainsSubstring("\nType=notify\n"));
        const auto socket = app::unit_text(scope, UnitKind::socket, {"/opt/x"});
        CHECK_THAT(socket, ContainsSubstring("\nListenStream=127.0.0.1:9877\n"));
        CHECK(socket.find('@') == std::string::npos);
        CHECK_THAT(service, !ContainsSubstring("@command@"));
    }
}

TEST_CASE("where units belong") {
    using Environment = std::map<std::string, std::string>;
    CHECK(*app::unit_folder(ServiceScope::user, Environment{{"HOME", "/h"}}) ==
          "/h/.config/systemd/user");
    CHECK(*app::unit_folder(ServiceScope::user,
                            Environment{{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/c"}}) ==
          "/c/systemd/user");
    CHECK(*app::unit_folder(ServiceScope::user,
                            Environment{{"HOME", "/h"}, {"XDG_CONFIG_HOME", "c"}}) ==
          "/h/.config/systemd/user");
    CHECK_FALSE(app::unit_folder(ServiceScope::user, {}).has_value());
    CHECK(*app::unit_folder(ServiceScope::system, {}) == "/etc/systemd/system");
    CHECK(app::package_unit_folder(ServiceScope::user, "/usr/bin/blender-mcpd") ==
          "/usr/lib/systemd/user");
}

TEST_CASE("a unit is written, replaced, and removed with the links to it") {
    const test::TempFolder folder;
    const fs::path file = folder / "user/blender-mcpd.service";
    CHECK(app::unit_state(file) == UnitState::absent);
    const auto text = app::unit_text(ServiceScope::user, UnitKind::service, {"/a"});
    REQUIRE(app::write_unit(file, text, false).has_value());
    CHECK(app::unit_state(file) == UnitState::ours);
    CHECK(app::is_unit(file, text));
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0644U);
    REQUIRE(
        app::write_unit(file, app::unit_text(ServiceScope::user, UnitKind::service, {"/b"}), false)
            .has_value());
    CHECK_FALSE(app::is_unit(file, text));

    const auto wants = file.parent_path() / "default.target.wants";
    fs::create_directory(wants);
    fs::create_symlink(file, wants / file.filename());
    fs::create_directory(file.parent_path() / "other.wants");
    fs::create_symlink("/usr/lib/x", file.parent_path() / "other.wants/blender-mcpd.service");
    CHECK(app::links_to_unit(file) == std::vector<fs::path>{wants / file.filename()});
    const auto removed = app::remove_unit(file, false);
    REQUIRE(removed.has_value());
    CHECK(*removed == std::vector<fs::path>{wants / file.filename(), file});
    CHECK_FALSE(fs::exists(wants));
    CHECK(fs::is_symlink(file.parent_path() / "other.wants/blender-mcpd.service"));
    CHECK(app::remove_unit(file, false)->empty());
}

TEST_CASE("a unit of somebody else's stays, unless that is wanted") {
    const test::TempFolder folder;
    const auto kind = GENERATE(std::string("file"), std::string("link"));
    const fs::path file = folder / "blender-mcpd.service";
    if (kind == "file")
        (void)folder.write("blender-mcpd.service", "[Service]\nExecStart=/mine\n");
    else
        fs::create_symlink("/dev/null", file);  // what `systemctl mask` does
    CHECK(app::unit_state(file) == UnitState::foreign);
    for (const auto& error :
         {app::write_unit(file, "x", false).error(), app::remove_unit(file, false).error()}) {
        CHECK(error.code == core::ErrorCode::invalid);
        CHECK_THAT(error.message, ContainsSubstring(file.string()));
        CHECK_THAT(error.remedy, ContainsSubstring("--force"));
    }
    CHECK(app::unit_state(file) == UnitState::foreign);
    REQUIRE(app::write_unit(file, app::unit_text(ServiceScope::user, UnitKind::socket, {}), true)
                .has_value());
    CHECK(app::unit_state(file) == UnitState::ours);
}
