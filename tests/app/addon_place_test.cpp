#include "addon_place.hpp"

#include "state_folder.hpp"
#include "temp_folder.hpp"

#include <filesystem>
#include <string>

#include <support/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

using namespace blender_mcpd;
using app::addon_place;
using app::Environment;
using blender::Release;
namespace fs = std::filesystem;

namespace {

std::string place(Release release, const Environment& environment, const fs::path& program = {}) {
    const auto found = addon_place(release, program, environment);
    REQUIRE(found.has_value());
    return found->string();
}

}  // namespace

TEST_CASE("the add-on's folder is where Blender looks") {
    struct Row {
        Release release;
        Environment environment;
        std::string folder;
    };
    const auto row = GENERATE(values<Row>({
        {{2, 93}, {{"HOME", "/h"}}, "/h/.config/blender/2.93/scripts/addons/blender_mcpd"},
        {{4, 1}, {{"HOME", "/h"}}, "/h/.config/blender/4.1/scripts/addons/blender_mcpd"},
        {{4, 2}, {{"HOME", "/h"}}, "/h/.config/blender/4.2/extensions/user_default/blender_mcpd"},
        {{5, 2},
         {{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/c"}},
         "/c/blender/5.2/extensions/user_default/blender_mcpd"},
        {{3, 4}, {{"BLENDER_USER_RESOURCES", "/r"}}, "/r/scripts/addons/blender_mcpd"},
        {{4, 3}, {{"BLENDER_USER_RESOURCES", "/r"}}, "/r/extensions/user_default/blender_mcpd"},
        {{3, 4},
         {{"BLENDER_USER_RESOURCES", "/r"}, {"BLENDER_USER_SCRIPTS", "/s"}},
         "/s/addons/blender_mcpd"},
        {{3, 4},
         {{"BLENDER_USER_RESOURCES", "/r"}, {"BLENDER_USER_EXTENSIONS", "/e"}},
         "/r/scripts/addons/blender_mcpd"},
        {{4, 3},
         {{"BLENDER_USER_SCRIPTS", "/s"}, {"BLENDER_USER_EXTENSIONS", "/e"}},
         "/e/user_default/blender_mcpd"},
        {{4, 3},
         {{"HOME", "/h"}, {"BLENDER_USER_SCRIPTS", "/s"}, {"BLENDER_USER_EXTENSIONS", ""}},
         "/h/.config/blender/4.3/extensions/user_default/blender_mcpd"},
    }));
    CHECK(place(row.release, row.environment) == row.folder);
}

TEST_CASE("a portable Blender keeps its configuration beside it") {
    const test::TempFolder folder;
    const auto program = folder.write("blender-4.2/blender", "");
    fs::create_directories(folder / "blender-4.2/portable");
    fs::create_directories(folder / "blender-4.2/3.6/config");
    const Environment environment{{"HOME", "/h"}};
    CHECK(place({4, 2}, environment, program) ==
          folder / "blender-4.2/portable/extensions/user_default/blender_mcpd");
    CHECK(place({3, 6}, environment, program) ==
          folder / "blender-4.2/3.6/scripts/addons/blender_mcpd");
    CHECK(place({3, 5}, environment, program) ==
          "/h/.config/blender/3.5/scripts/addons/blender_mcpd");
}

TEST_CASE("a Blender that cannot have the add-on is refused") {
    const auto old = addon_place({2, 92}, {}, {{"HOME", "/h"}});
    REQUIRE_FALSE(old.has_value());
    CHECK(old.error().code == core::ErrorCode::invalid);
    const auto homeless = addon_place({4, 2}, {}, {});
    REQUIRE_FALSE(homeless.has_value());
    CHECK(homeless.error().code == core::ErrorCode::unavailable);
}

TEST_CASE("what Blender calls the add-on") {
    CHECK(app::addon_module({4, 1}) == "blender_mcpd");
    CHECK(app::addon_module({4, 2}) == "bl_ext.user_default.blender_mcpd");
}

TEST_CASE("Blenders of which there is a configuration") {
    const test::TempFolder home;
    for (const char* name : {"4.10", "4.2", "2.79", "readme", "4.2.old", "3.6"})
        fs::create_directories(home / (std::string(".config/blender/") + name));
    (void)home.write(".config/blender/4.5", "a file");
    const auto found = app::configured_releases({{"HOME", home / ""}});
    CHECK(found == std::vector<Release>{{3, 6}, {4, 2}, {4, 10}});
    CHECK(app::configured_releases({{"HOME", home / "missing"}}).empty());
}

TEST_CASE("descriptors of dead Blenders are removed, no others") {
    const test::TempFolder runtime;
    const Environment environment{{"XDG_RUNTIME_DIR", runtime / ""}};
    CHECK(app::remove_left_descriptors(environment) == 0);  // no folder
    const pid_t dead = ::fork();
    if (dead == 0) ::_exit(0);
    REQUIRE(::waitpid(dead, nullptr, 0) == dead);
    const std::string folder = "blender-mcpd/blenders/";
    const auto gone = runtime.write(folder + std::to_string(dead) + "-ab.json", "{}");
    std::vector<std::string> kept;
    for (const auto& name : {std::to_string(::getpid()) + "-ab.json", std::string("0-ab.json"),
                             std::to_string(dead) + "-ab.txt", std::to_string(dead) + ".json"})
        kept.push_back(runtime.write(folder + name, "{}"));
    CHECK(app::remove_left_descriptors(environment) == 1);
    CHECK_FALSE(fs::exists(gone));
    for (const auto& file : kept)
        CHECK(fs::exists(file));
}

TEST_CASE("where descriptors are") {
    const auto own = "/tmp/blender-mcpd-" + std::to_string(::geteuid()) + "/blenders";
    CHECK(app::descriptor_folder({{"XDG_RUNTIME_DIR", "/run/user/1"}}) ==
          "/run/user/1/blender-mcpd/blenders");
    CHECK(app::descriptor_folder({}) == own);
    CHECK(app::descriptor_folder({{"XDG_RUNTIME_DIR", "relative"}}) == own);
}
