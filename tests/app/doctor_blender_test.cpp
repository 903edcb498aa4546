#include "doctor_world.hpp"

#include <string>

#include <support/catch.hpp>

using namespace blender_mcpd;
using app::CheckState;
using test::has;

namespace {

std::string prints(std::string_view line) {
    return "#!/bin/sh\necho '" + std::string(line) + "'\n";
}

}  // namespace

TEST_CASE("the Blender that is started") {
    struct Row {
        std::string name;
        std::string script;
        CheckState state;
        std::string told;
    };
    const auto row = GENERATE(values<Row>({
        {"a good one", prints("Color management: x\nBlender 4.2.1 LTS"), CheckState::ok,
         "is Blender 4.2.1"},
        {"the oldest", prints("Blender 3.4.0"), CheckState::ok, "is Blender 3.4.0"},
        {"an old one", prints("Blender 2.93.18"), CheckState::warning, "is Blender 2.93.18"},
        {"something else", prints("GIMP 2.10"), CheckState::error, "does not say"},
        {"one that fails", "#!/bin/sh\nexit 3\n", CheckState::error, "exit code 3"},
        {"one that cannot run", "#!/no/such/shell\n", CheckState::error, "/bin/blender"},
    }));
    CAPTURE(row.name);
    const test::DoctorWorld world;
    const auto program = world.program("bin/blender", row.script);
    const auto finding = world.only(&app::check_blender);
    CHECK(finding.state == row.state);
    CHECK(has(finding.message, program));
    CHECK(has(finding.message, row.told));
    CHECK(finding.remedy.empty() == (row.state == CheckState::ok));
}

TEST_CASE("a Blender that hangs is left behind") {
    const test::DoctorWorld world;
    (void)world.program("bin/blender", "#!/bin/sh\nsleep 3600 & wait\n");
    const auto finding = world.only(&app::check_blender);
    CHECK(finding.state == CheckState::error);
    CHECK(has(finding.message, "did not end within"));
}

TEST_CASE("no Blender") {
    test::DoctorWorld world;
    SECTION("is an error when one is to be started") {
        CHECK(world.only(&app::check_blender).state == CheckState::error);
        CHECK(has(world.only(&app::check_blender).remedy, "Install it"));
    }
    SECTION("is none otherwise") {
        world.config.blender.launch = app::Launch::never;
        CHECK(world.only(&app::check_blender).state == CheckState::note);
    }
    SECTION("where the configuration says that there is one") {
        world.config.blender.executable = "/no/such/blender";
        CHECK(has(world.only(&app::check_blender).message, "/no/such/blender"));
    }
}

TEST_CASE("other Blenders") {
    test::DoctorWorld world;
    const auto first = world.program("bin/blender", "");
    CHECK(app::check_other_blenders(world.environment, world.config).empty());

    world.environment.blender_places.folders = {world.folder / "opt"};
    const auto second = world.program("opt/blender-4.2/blender", "");
    auto finding = world.only(&app::check_other_blenders);
    CHECK(finding.state == CheckState::note);
    CHECK(finding.facts["executables"].dump() == "[\"" + second + "\"]");

    world.config.blender.executable = second;
    finding = world.only(&app::check_other_blenders);
    CHECK(finding.facts["executables"].dump() == "[\"" + first + "\"]");
}

TEST_CASE("where the add-on is") {
    test::DoctorWorld world;
    SECTION("nowhere") {
        world.make_folder("home/.config/blender/4.2/scripts/addons/other");
        const auto finding = world.only(&app::check_addon);
        CHECK(finding.state == CheckState::note);
        CHECK(has(finding.remedy, "blender-mcpd addon install"));
    }
    SECTION("in two Blenders") {
        world.make_folder("home/.config/blender/3.4/scripts/addons/blender_mcpd");
        world.make_folder("home/.config/blender/4.2/extensions/user_default/blender_mcpd");
        const auto finding = world.only(&app::check_addon);
        CHECK(finding.state == CheckState::ok);
        REQUIRE(finding.facts["installed"].size() == 2);
        CHECK(finding.facts["installed"][0]["blender"] == "3.4");
        CHECK(finding.facts["installed"][1]["blender"] == "4.2");
    }
    SECTION("in a place of its own") {
        world.environment.variables["BLENDER_USER_RESOURCES"] = world.folder / "own";
        world.make_folder("own/scripts/addons/blender_mcpd");
        CHECK(world.only(&app::check_addon).state == CheckState::ok);
    }
    SECTION("on a Mac") {
        world.environment.macos = true;
        world.make_folder(
            "home/Library/Application Support/Blender/4.2/extensions/user_default/blender_mcpd");
        CHECK(world.only(&app::check_addon).state == CheckState::ok);
    }
}
