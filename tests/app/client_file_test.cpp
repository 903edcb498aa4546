#include "client_file.hpp"

#include "temp_folder.hpp"

#include <string>

#include <support/catch.hpp>

using namespace blender_mcpd;

TEST_CASE("a file that another program wrote meanwhile is not replaced") {
    const test::TempFolder folder;
    const auto path = folder / "settings.json";
    const auto none = app::read_client_file(path);
    REQUIRE(none.has_value());
    CHECK_FALSE(none->text.has_value());
    const auto written = folder.write("settings.json", "{}");

    const auto replaced = app::replace_client_file(*none, "ours");
    REQUIRE_FALSE(replaced.has_value());
    CHECK(replaced.error().code == core::ErrorCode::busy);
    const auto read = app::read_client_file(path);
    (void)folder.write("settings.json", "{\"theirs\": 1}");
    CHECK_FALSE(app::replace_client_file(*read, "ours").has_value());
    CHECK(test::read_file(written) == "{\"theirs\": 1}");
}

TEST_CASE("a folder that cannot be made") {
    const test::TempFolder folder;
    (void)folder.write("file", "");
    const app::ClientFile file{folder / "file/settings.json", folder / "file/settings.json", {}};
    CHECK_FALSE(app::replace_client_file(file, "ours").has_value());
}
