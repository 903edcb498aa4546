#include "doctor_world.hpp"

#include <filesystem>
#include <string>

#include <support/catch.hpp>

using namespace blender_mcpd;
using app::CheckState;
using test::has;

namespace {

namespace fs = std::filesystem;

const std::string good_token(64, 'a');

}  // namespace

TEST_CASE("the token") {
    test::DoctorWorld world;
    constexpr auto place = "run/blender-mcpd/token";
    SECTION("is not made by looking") {
        CHECK(world.only(&app::check_token).state == CheckState::ok);
        CHECK_FALSE(fs::exists(world.folder / place));
    }
    SECTION("is as it should be, and not told") {
        (void)world.file(place, good_token, 0600);
        const auto finding = world.only(&app::check_token);
        CHECK(finding.state == CheckState::ok);
        CHECK_FALSE(has(app::findings_as_json({finding}), good_token));
    }
    SECTION("is open to others") {
        const auto path = world.file(place, good_token, 0644);
        const auto finding = world.only(&app::check_token);
        CHECK(finding.state == CheckState::error);
        CHECK(has(finding.remedy, "chmod 600 " + path));
        CHECK(has(finding.remedy, "--fix"));
        CHECK(world.mode(place) == 0644);

        world.environment.fix = true;
        const auto fixed = world.only(&app::check_token);
        CHECK(fixed.state == CheckState::ok);
        CHECK(has(fixed.message, "fixed"));
        CHECK(fixed.facts["fixed"] == true);
        CHECK(world.mode(place) == 0600);
    }
    SECTION("is none") {
        (void)world.file(place, "short", 0600);
        CHECK(has(world.only(&app::check_token).remedy, "Delete it"));
    }
    SECTION("is a link, which is never fixed") {
        (void)world.file("elsewhere", good_token, 0644);
        fs::create_symlink(world.folder / "elsewhere", world.folder / place);
        world.environment.fix = true;
        CHECK(world.only(&app::check_token).state == CheckState::error);
        CHECK(world.mode("elsewhere") == 0644);
    }
    SECTION("is where the configuration says") {
        world.config.http.token_file = world.file("own", good_token, 0604);
        CHECK(world.only(&app::check_token).state == CheckState::error);
    }
    SECTION("is not asked for") {
        world.config.http.auth = false;
        CHECK(world.only(&app::check_token).state == CheckState::warning);
    }
    SECTION("has no place") {
        world.environment.variables.clear();
        CHECK(world.only(&app::check_token).state == CheckState::warning);
    }
}

TEST_CASE("folders that only the user may enter") {
    test::DoctorWorld world;
    SECTION("all is well") {
        world.make_folder("home/.local/state/blender-mcpd", 0755);
        world.make_folder("home/.local/state/blender-mcpd/recovery");
        CHECK(world.only(&app::check_folders).state == CheckState::ok);
    }
    const auto place = GENERATE(values<std::string>(
        {"run/blender-mcpd", "run/blender-mcpd/blenders", "home/.local/state/blender-mcpd/recovery",
         "home/.local/state/blender-mcpd/crashes"}));
    CAPTURE(place);
    SECTION("one is open") {
        world.make_folder(place, 0750);
        const auto finding = world.only(&app::check_folders);
        CHECK(finding.state == CheckState::error);
        CHECK(has(finding.remedy, "chmod 700 '" + (world.folder / place) + "'"));
        world.environment.fix = true;
        CHECK(has(world.only(&app::check_folders).message, "fixed"));
        CHECK(world.mode(place) == 0700);
        CHECK_FALSE(has(world.only(&app::check_folders).message, "fixed"));
    }
    SECTION("one is a link, which is never fixed") {
        world.make_folder("elsewhere", 0755);
        fs::create_directories(fs::path(world.folder / place).parent_path());
        fs::remove_all(world.folder / place);
        fs::create_symlink(world.folder / "elsewhere", world.folder / place);
        world.environment.fix = true;
        const auto finding = world.only(&app::check_folders);
        CHECK(finding.state == CheckState::error);
        CHECK(has(finding.message, "symbolic link"));
        CHECK(world.mode("elsewhere") == 0755);
    }
}

TEST_CASE("what Blenders with our add-on say of themselves") {
    test::DoctorWorld world;
    const std::string folder = "run/blender-mcpd/blenders/";
    world.make_folder(folder);
    const std::string descriptor =
        R"({"link":1,"port":5,"token":"5ec3e7","pid":11,"session":"a","blender":[4,2,1],"file":"/x.blend","origin":"addon"})";
    SECTION("none") {
        CHECK(world.only(&app::check_descriptors).state == CheckState::ok);
    }
    SECTION("one lives") {
        (void)world.file(folder + "11-a.json", descriptor, 0600);
        (void)world.file(folder + ".part", "", 0600);
        world.runs(11);
        world.environment.fix = true;
        const auto finding = world.only(&app::check_descriptors);
        CHECK(finding.state == CheckState::ok);
        CHECK(has(finding.message, "/x.blend"));
        CHECK(finding.facts["blender"].dump() == "[4,2,1]");
        CHECK_FALSE(has(app::findings_as_json({finding}), "5ec3e7"));
        CHECK(fs::exists(world.folder / (folder + "11-a.json")));
    }
    SECTION("one is dead") {
        const auto path = world.file(folder + "11-a.json", descriptor, 0600);
        CHECK(world.only(&app::check_descriptors).state == CheckState::note);
        CHECK(fs::exists(path));
        world.environment.fix = true;
        CHECK(has(world.only(&app::check_descriptors).message, "fixed"));
        CHECK_FALSE(fs::exists(path));
    }
    SECTION("one is not what it should be") {
        world.environment.fix = true;
        const auto path = folder + "11-a.json";
        SECTION("open to others") {
            (void)world.file(path, descriptor, 0644);
        }
        SECTION("no JSON") {
            (void)world.file(path, "{", 0600);
        }
        SECTION("without a process") {
            (void)world.file(path, "{}", 0600);
        }
        SECTION("large") {
            (void)world.file(path, std::string(100'000, ' '), 0600);
        }
        SECTION("a link") {
            fs::create_symlink("/dev/zero", world.folder / path);
        }
        const auto finding = world.only(&app::check_descriptors);
        CHECK(finding.state == CheckState::warning);
        CHECK(has(finding.remedy, "rm '" + (world.folder / path)));
        CHECK(fs::is_symlink(world.folder / path) == !fs::is_regular_file(world.folder / path));
    }
}
