#include "doctor_world.hpp"

#include <filesystem>
#include <string>

#include <support/catch.hpp>

using namespace blender_mcpd;
using app::CheckState;
using test::has;

namespace {

namespace fs = std::filesystem;

const std::string good_key = "0123456789abcdef0123";

}  // namespace

TEST_CASE("keys of accounts that assets come from") {
    test::DoctorWorld world;
    SECTION("none is set, and none is needed") {
        const auto finding = world.only(&app::check_keys);
        CHECK(finding.state == CheckState::ok);
        CHECK(has(finding.message, "none is set"));
    }
    SECTION("one is in its file, and not told") {
        world.config.assets.sketchfab_token_file = world.file("key", good_key, 0600);
        const auto finding = world.only(&app::check_keys);
        CHECK(finding.state == CheckState::ok);
        CHECK(finding.message == "the token of Sketchfab is in " + (world.folder / "key"));
        CHECK(finding.facts["setting"] == "assets.sketchfab_token_file");
        CHECK_FALSE(has(app::findings_as_json({finding}), good_key));
    }
    SECTION("one is in its variable, and not told") {
        world.environment.variables["BLENDER_MCPD_ASSETS_POLYPIZZA_KEY"] = good_key;
        const auto finding = world.only(&app::check_keys);
        CHECK(finding.state == CheckState::ok);
        CHECK(has(finding.message, "BLENDER_MCPD_ASSETS_POLYPIZZA_KEY"));
        CHECK_FALSE(has(app::findings_as_json({finding}), good_key));
    }
    SECTION("others may read it") {
        world.config.generation.rodin_key_file = world.file("key", good_key, 0644);
        const auto finding = world.only(&app::check_keys);
        CHECK(finding.state == CheckState::error);
        CHECK(has(finding.remedy, "chmod 600 " + (world.folder / "key")));
        CHECK_FALSE(has(app::findings_as_json({finding}), good_key));
    }
    SECTION("its file is not there") {
        world.config.generation.fal_key_file = world.folder / "key";
        const auto finding = world.only(&app::check_keys);
        CHECK(finding.state == CheckState::error);
        CHECK(has(finding.message, "the key of fal is missing"));
        CHECK(has(finding.remedy, "generation.fal_key_file"));
    }
    SECTION("each has a line") {
        world.config.assets.sketchfab_token_file = world.file("key", good_key, 0600);
        world.config.generation.rodin_key_file = world.folder / "none";
        CHECK(app::check_keys(world.environment, world.config).size() == 2);
    }
}

TEST_CASE("folders that assets are looked for in") {
    test::DoctorWorld world;
    SECTION("there are none") {
        CHECK(world.only(&app::check_asset_folders).state == CheckState::ok);
    }
    world.make_folder("library");
    world.config.assets.folders = {world.folder / "library"};
    SECTION("all is well") {
        CHECK(world.only(&app::check_asset_folders).state == CheckState::ok);
    }
    SECTION("one is not there") {
        world.config.assets.folders.push_back(world.folder / "none");
        const auto finding = world.only(&app::check_asset_folders);
        CHECK(finding.state == CheckState::warning);
        CHECK(has(finding.message, (world.folder / "none") + " cannot be read (No such file"));
        CHECK(has(finding.remedy, "assets.folders"));
    }
    SECTION("one is a file") {
        world.config.assets.folders = {world.file("library/a.png", "", 0600)};
        CHECK(has(world.only(&app::check_asset_folders).message, "Not a directory"));
    }
}
