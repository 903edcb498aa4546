#include "temp_folder.hpp"

#include <blender_mcpd/guard/file_path.hpp>

#include <string>
#include <vector>

#include <support/catch.hpp>
#include <sys/stat.h>

namespace blender_mcpd::guard {
namespace {

namespace fs = std::filesystem;

TEST_CASE("the text of a path") {
    const auto rule = [](const std::string& path) {
        const auto result = check_path_text(path);
        return result ? std::string() : result.error().message;
    };
    for (const std::string path :
         {"/a/b.blend", "a b/ä 椅.blend", "//textures/x.png", "a..b", "..", "a//b", "/"})
        CHECK(rule(path).empty());
    CHECK(rule("") == "must not be empty");
    CHECK(rule("a\xFF") == "must be valid UTF-8");
    CHECK(rule(std::string("/tmp/a\0.blend", 13)) == "must not hold control characters");
    CHECK(rule("/tmp/a\nb") == "must not hold control characters");
    CHECK(rule("/" + std::string(255, 'a')).empty());
    CHECK(rule("/" + std::string(256, 'a') + "/b") ==
          "must not hold a name of more than 255 bytes");
    std::string longest = "/";
    while (longest.size() < longest_path)
        longest += "a/";
    CHECK(rule(longest.substr(0, longest_path)).empty());
    CHECK(rule(longest + "aa") == "must have at most 4096 bytes");
}

/// A project, an allowed folder beside it, and a neighbour that is neither.
struct Stage {
    TempFolder temp;
    fs::path project = temp.folder("project");
    fs::path shared = temp.folder("shared");
    fs::path outside = temp.folder("project-b");
    std::vector<fs::path> roots{shared};

    Stage() {
        temp.folder("project/textures");
        temp.file("project/a..b", "x");
        temp.file("project/Ä 椅子.png", "x");
        temp.file("project/textures/wood.png", "x");
        temp.file("shared/x.png", "x");
        temp.file("project-b/secret", "x");
    }

    core::Result<fs::path> resolve(const std::string& path, Intent intent = Intent::read) const {
        return resolve_in_roots(path, project, roots, intent);
    }
};

TEST_CASE("paths inside the project and the allowed folders") {
    const Stage stage;
    const auto p = stage.project;
    const std::vector<std::pair<std::string, fs::path>> rows{
        {"textures/wood.png", p / "textures/wood.png"},
        {"//textures/wood.png", p / "textures/wood.png"},
        {"///textures/wood.png", p / "textures/wood.png"},
        {"./textures/../textures/wood.png", p / "textures/wood.png"},
        {"../shared/x.png", stage.shared / "x.png"},
        {"a..b", p / "a..b"},
        {"Ä 椅子.png", p / "Ä 椅子.png"},
        {(p / "a..b").native(), p / "a..b"},
        {(stage.shared / "x.png").native(), stage.shared / "x.png"},
    };
    for (const auto& [path, expected] : rows) {
        CAPTURE(path);
        const auto result = stage.resolve(path);
        REQUIRE(result.has_value());
        CHECK(*result == expected);
    }
    CHECK(*stage.resolve("new.blend", Intent::write) == p / "new.blend");
    CHECK(*stage.resolve("a..b", Intent::write) == p / "a..b");
}

TEST_CASE("paths that lead elsewhere are refused") {
    const Stage stage;
    const auto& outside = stage.outside;
    fs::create_symlink(outside, stage.project / "link");
    fs::create_symlink(outside / "secret", stage.project / "link.png");
    fs::create_symlink(outside / "not there", stage.project / "dangling");
    fs::create_symlink("loop", stage.project / "loop");
    fs::create_directory_symlink(outside, stage.project / "textures/up");
    for (const std::string& path : std::vector<std::string>{
             "../project-b/secret",  // the project's name is a front of the other's
             "//../project-b/secret",
             "///etc/passwd/../../../project-b/secret",
             "/etc/passwd",
             "../../../../../../etc/passwd",
             (outside / "secret").native(),
             "link/secret",
             "link.png",
             "dangling",
             "dangling/x",
             "loop",
             "textures/up/secret",
             "textures/up/../secret2",
             "new folder/../../project-b/new",
             ".",
             "//",
             "..",
         }) {
        CAPTURE(path);
        for (const auto intent : {Intent::read, Intent::write}) {
            const auto result = stage.resolve(path, intent);
            REQUIRE(result.has_error());
            CHECK(result.error().code != core::ErrorCode::internal);
        }
    }
    const auto result = stage.resolve("../project-b/secret");
    CHECK(result.error().code == core::ErrorCode::invalid);
    CHECK_THAT(result.error().message, ContainsSubstring("\"../project-b/secret\" is not inside"));
    CHECK_THAT(result.error().remedy, ContainsSubstring(stage.project.native()) &&
                                          ContainsSubstring(stage.shared.native()) &&
                                          ContainsSubstring("Choose a path there"));
}

TEST_CASE("a link that stays inside is followed") {
    const Stage stage;
    fs::create_symlink("textures/wood.png", stage.project / "wood");
    CHECK(*stage.resolve("wood") == stage.project / "textures/wood.png");
    // Also when the allowed folder itself is given by a link.
    fs::create_directory_symlink(stage.outside, stage.temp.path() / "alias");
    const std::vector<fs::path> roots{stage.temp.path() / "alias/"};
    const auto by_name =
        resolve_in_roots((stage.outside / "secret").native(), {}, roots, Intent::read);
    CHECK(*by_name == stage.outside / "secret");
}

TEST_CASE("files that are not there, and things that are no files") {
    const Stage stage;
    REQUIRE(::mkfifo((stage.project / "pipe").c_str(), 0600) == 0);
    struct Row {
        std::string path;
        Intent intent;
        core::ErrorCode code;
        std::string message;
    };
    const std::vector<Row> rows{
        {"nothing.png", Intent::read, core::ErrorCode::not_found, "there is no file"},
        {"new folder/x.blend", Intent::write, core::ErrorCode::not_found, "does not exist"},
        {"textures", Intent::read, core::ErrorCode::invalid, "is not a regular file"},
        {"textures", Intent::write, core::ErrorCode::invalid, "is not a regular file"},
        {"pipe", Intent::read, core::ErrorCode::invalid, "is not a regular file"},
        {"pipe", Intent::write, core::ErrorCode::invalid, "is not a regular file"},
        {"a\nb", Intent::read, core::ErrorCode::invalid, "must not hold control characters"},
        {"", Intent::read, core::ErrorCode::invalid, "must not be empty"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.path);
        const auto result = stage.resolve(row.path, row.intent);
        REQUIRE(result.has_error());
        CHECK(result.error().code == row.code);
        CHECK_THAT(result.error().message, ContainsSubstring(row.message));
    }
}

TEST_CASE("a file that was never saved has no project") {
    const Stage stage;
    for (const std::string path : {"x.png", "//x.png", "../x.png"}) {
        const auto result = resolve_in_roots(path, {}, stage.roots, Intent::read);
        REQUIRE(result.has_error());
        CHECK_THAT(result.error().message, ContainsSubstring("has not been saved yet"));
        CHECK_THAT(result.error().remedy,
                   ContainsSubstring("Save the file first") && ContainsSubstring("absolute path"));
    }
    const auto shared = (stage.shared / "x.png").native();
    CHECK(resolve_in_roots(shared, {}, stage.roots, Intent::read).has_value());
    const auto none = resolve_in_roots(shared, {}, {}, Intent::read);
    REQUIRE(none.has_error());
    CHECK_THAT(none.error().remedy, ContainsSubstring("No folder is allowed"));
}

TEST_CASE("the working directory of the daemon does not matter") {
    const Stage stage;
    const auto before = fs::current_path();
    fs::current_path(stage.outside);
    const auto secret = stage.resolve("secret");
    const auto relative_root = resolve_in_roots((stage.outside / "secret").native(), {},
                                                std::vector<fs::path>{"."}, Intent::read);
    fs::current_path(before);
    CHECK(secret.has_error());
    CHECK(relative_root.has_error());
}

}  // namespace
}  // namespace blender_mcpd::guard
