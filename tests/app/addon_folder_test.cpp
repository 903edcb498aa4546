#include "addon_folder.hpp"

#include "addon_package.hpp"
#include "temp_folder.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <support/catch.hpp>

using namespace blender_mcpd;
using app::AddonChange;
using test::read_file;
namespace fs = std::filesystem;

namespace {

struct Place {
    test::TempFolder home;
    fs::path folder = home / "4.2/extensions/user_default/blender_mcpd";

    /// Everything there, relative to the home; folders end with '/'.
    [[nodiscard]] std::vector<std::string> all() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator(home / ""))
            found.push_back(entry.path().lexically_relative(home / "").generic_string() +
                            (entry.is_directory() ? "/" : ""));
        std::ranges::sort(found);
        return found;
    }
    void write(const std::string& name, std::string_view text) const {
        (void)home.write("4.2/extensions/user_default/blender_mcpd/" + name, text);
    }
    AddonChange install() const {
        const auto done = app::install_addon(folder);
        REQUIRE(done.has_value());
        return *done;
    }
    void check_is_installed() const {
        for (const auto& file : app::addon_package())
            CHECK(read_file(folder / file.path) == file.text);
    }
};

constexpr std::string_view old_list =
    R"({"addon":"blender-mcpd","version":"0.0.9","files":["__init__.py","old/gone.py",)"
    R"("blender-mcpd-files.json"]})";

}  // namespace

TEST_CASE("the add-on is put in its place whole") {
    const Place place;
    CHECK(place.install() == AddonChange::made);
    place.check_is_installed();
    CHECK(app::installed_addon(place.folder) == "0.1.0");
    const auto siblings = fs::directory_iterator(place.folder.parent_path());
    CHECK(std::distance(begin(siblings), end(siblings)) == 1);  // no folder of work is left
    CHECK(place.install() == AddonChange::unchanged);
}

TEST_CASE("an older version is replaced, with all of its files") {
    const Place place;
    place.write("__init__.py", "old");
    place.write("old/gone.py", "old");
    place.write("old/__pycache__/gone.cpython-39.pyc", "compiled");
    place.write("blender-mcpd-files.json", old_list);
    CHECK(app::installed_addon(place.folder) == "0.0.9");
    CHECK(place.install() == AddonChange::replaced);
    place.check_is_installed();
    CHECK_FALSE(fs::exists(place.folder / "old"));
    const auto siblings = fs::directory_iterator(place.folder.parent_path());
    CHECK(std::distance(begin(siblings), end(siblings)) == 1);
}

TEST_CASE("a changed or missing file of this version is put back") {
    const Place place;
    (void)place.install();
    place.write("panel.py", "changed");
    fs::remove(place.folder / "service.py");
    CHECK(place.install() == AddonChange::replaced);
    place.check_is_installed();
}

TEST_CASE("what somebody else has put there is left alone") {
    const Place place;
    SECTION("another add-on") {
        place.write("__init__.py", "theirs");
    }
    SECTION("with a list that is none") {
        place.write("blender-mcpd-files.json", "[]");
    }
    SECTION("with the list of another") {
        place.write("blender-mcpd-files.json", R"({"addon":"other","version":"1","files":[]})");
    }
    SECTION("with a list that leads out of the folder") {
        place.write("blender-mcpd-files.json",
                    R"({"addon":"blender-mcpd","version":"1","files":["a/../../../precious"]})");
        (void)place.home.write("4.2/extensions/precious", "precious");
    }
    SECTION("a file") {
        (void)place.home.write("4.2/extensions/user_default/blender_mcpd", "theirs");
    }
    SECTION("a link") {
        (void)place.home.write("elsewhere/blender-mcpd-files.json", old_list);
        fs::create_directories(place.folder.parent_path());
        fs::create_directory_symlink(place.home / "elsewhere", place.folder);
    }
    const auto before = place.all();
    const auto installed = app::install_addon(place.folder);
    REQUIRE_FALSE(installed.has_value());
    CHECK(installed.error().code == core::ErrorCode::invalid);
    CHECK_FALSE(app::uninstall_addon(place.folder).has_value());
    CHECK(app::installed_addon(place.folder).empty());
    CHECK(place.all() == before);
}

TEST_CASE("files of somebody else's in the folder are not lost") {
    const Place place;
    (void)place.install();
    place.write("theirs/notes.txt", "mine");
    place.write("old.py", "mine");
    const auto again = app::install_addon(place.folder);
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().message.find("old.py, theirs/notes.txt") != std::string::npos);

    const auto removal = app::uninstall_addon(place.folder);
    REQUIRE(removal.has_value());
    CHECK(removal->left == std::vector<std::string>{"old.py", "theirs/notes.txt"});
    std::vector<std::string> left;
    for (const auto& entry : fs::recursive_directory_iterator(place.folder))
        left.push_back(entry.path().lexically_relative(place.folder).string());
    std::ranges::sort(left);
    CHECK(left == std::vector<std::string>{"old.py", "theirs", "theirs/notes.txt"});
}

TEST_CASE("nothing of it is left") {
    const Place place;
    (void)place.install();
    place.write("__pycache__/service.cpython-311.pyc", "compiled");
    const auto removal = app::uninstall_addon(place.folder);
    REQUIRE(removal.has_value());
    CHECK(removal->was_there);
    CHECK(removal->left.empty());
    CHECK(place.all() ==
          std::vector<std::string>{"4.2/", "4.2/extensions/", "4.2/extensions/user_default/"});
    const auto again = app::uninstall_addon(place.folder);
    REQUIRE(again.has_value());
    CHECK_FALSE(again->was_there);
}

TEST_CASE("a folder that cannot be written is an error and leaves nothing") {
    const Place place;
    (void)place.home.write("4.2/extensions/user_default", "a file");
    const auto before = place.all();
    const auto installed = app::install_addon(place.folder);
    REQUIRE_FALSE(installed.has_value());
    CHECK(installed.error().code == core::ErrorCode::internal);
    CHECK(place.all() == before);
}
