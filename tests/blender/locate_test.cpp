#include "locate.hpp"

#include "temp_folder.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::blender {

namespace fs = std::filesystem;

namespace {

constexpr auto program = "#!/bin/sh\n";

/// What is found in a folder that holds a program in each of these places; relative to the folder.
std::string newest_of(const std::vector<std::string>& places) {
    const test::TempFolder folder;
    for (const auto& place : places)
        folder.write_program(place, program);
    const auto found = find_blender({.configured = {}, .path = {}, .folders = {folder.path()}});
    return found.has_value() ? fs::relative(*found, folder.path()).string() : "";
}

}  // namespace

TEST_CASE("the configured program is taken, or nothing") {
    const test::TempFolder folder;
    const auto other = folder.write_program("path/blender", program);
    const auto file = folder.write("no_program", "");
    const std::string path = (folder / "path").string();

    const auto mine = folder.write_program("my blender", program);
    const auto found = find_blender({mine.string(), path, {folder.path()}});
    REQUIRE(found.has_value());
    CHECK(*found == mine);

    for (const auto& wrong : {folder / "missing", file, folder / "path"}) {
        CAPTURE(wrong.string());
        const auto error = find_blender({wrong.string(), path, {folder.path()}});
        REQUIRE_FALSE(error.has_value());
        CHECK(error.error().code == core::ErrorCode::unavailable);
        CHECK_THAT(error.error().message, ContainsSubstring(wrong.string()));
        CHECK_THAT(error.error().remedy, ContainsSubstring("BLENDER_MCPD_BLENDER_EXECUTABLE"));
    }
}

TEST_CASE("the first program in PATH comes before the usual folders") {
    const test::TempFolder folder;
    folder.write("not_executable/blender", program);
    fs::create_directories(folder / "a_folder/blender");
    const auto first = folder.write_program("first/blender", program);
    folder.write_program("second/blender", program);
    folder.write_program("usual/blender-9.9/blender", program);
    const auto path = folder.path().string() +
                      "/missing::relative:" + (folder / "not_executable").string() + ":" +
                      (folder / "a_folder").string() + ":" + (folder / "first").string() + ":" +
                      (folder / "second").string();
    const auto found = find_blender({{}, path, {folder / "usual"}});
    REQUIRE(found.has_value());
    CHECK(*found == first);
}

TEST_CASE("a relative entry of PATH is not looked into") {
    const test::TempFolder folder;
    folder.write_program("blender", program);
    const auto old = fs::current_path();
    fs::current_path(folder.path());
    const auto found = find_blender({{}, ".::", {}});
    fs::current_path(old);
    CHECK_FALSE(found.has_value());
}

TEST_CASE("of several versions the highest is taken") {
    struct Row {
        std::vector<std::string> places;
        std::string expected;
    };
    const auto row = GENERATE(values<Row>({
        {{}, ""},
        {{"gimp-9/blender"}, ""},
        {{"blender"}, "blender"},
        {{"blender/blender"}, "blender/blender"},
        {{"blender-4.2.0-linux-x64/blender", "blender-3.6.9-linux-x64/blender"},
         "blender-4.2.0-linux-x64/blender"},
        {{"blender-4.9/blender", "blender-4.10/blender"}, "blender-4.10/blender"},
        {{"blender-4.2.1/blender", "blender-4.2.10/blender"}, "blender-4.2.10/blender"},
        {{"blender-4.2/blender", "blender-4.2.0/blender", "blender-4.2.1/blender"},
         "blender-4.2.1/blender"},
        {{"blender2.93/blender", "Blender 4.0/blender"}, "Blender 4.0/blender"},
        {{"blender-2.79b-linux-glibc219-x86_64/blender", "blender-2.80/blender"},
         "blender-2.80/blender"},
        {{"blender", "blender-3.0/blender"}, "blender-3.0/blender"},
        {{"blender/blender", "blender-lts/blender", "blender-0.1/blender"}, "blender-0.1/blender"},
        {{"blender-99999999999999999999/blender", "blender-4/blender"},
         "blender-99999999999999999999/blender"},
        {{"blender-4.2/bin/blender"}, ""},
    }));
    // A file and a folder cannot have one name.
    if (std::count(row.places.begin(), row.places.end(), "blender") == 1) {
        const test::TempFolder folder;
        folder.write_program("top/blender", program);
        for (const auto& place : row.places)
            if (place != "blender") folder.write_program("rest/" + place, program);
        const auto found = find_blender({{}, {}, {folder / "top", folder / "rest"}});
        REQUIRE(found.has_value());
        CHECK(found->string().ends_with(row.expected));
        return;
    }
    CHECK(newest_of(row.places) == row.expected);
}

TEST_CASE("a folder without a program in it is passed over") {
    const test::TempFolder folder;
    folder.write("blender-5.0/blender", program);  // not executable
    fs::create_directories(folder / "blender-6.0/blender");
    const auto good = folder.write_program("blender-4.0/blender", program);
    const auto found = find_blender({{}, {}, {folder / "missing", folder.path()}});
    REQUIRE(found.has_value());
    CHECK(*found == good);
}

TEST_CASE("all of them are found, each once") {
    const test::TempFolder folder;
    const auto configured = folder.write_program("mine/blender", program);
    const auto in_path = folder.write_program("path/blender", program);
    const auto old = folder.write_program("usual/blender-3.6/blender", program);
    const auto newer = folder.write_program("usual/blender-4.2/blender", program);
    fs::create_directories(folder / "links");
    fs::create_symlink(newer, folder / "links/blender");
    const auto path = (folder / "path").string() + ":" + (folder / "links").string();
    const std::vector<fs::path> usual{folder / "usual", folder / "path"};
    CHECK(find_blenders({configured.string(), path, usual}) ==
          std::vector<fs::path>{configured, in_path, folder / "links/blender", old});
    CHECK(find_blenders({"/missing", {}, usual}) == std::vector<fs::path>{newer, old, in_path});
    CHECK(find_blenders({{}, {}, {}}).empty());
}

TEST_CASE("what to do when there is none is said") {
    const auto found = find_blender({{}, "/nonexistent", {"/nonexistent"}});
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == core::ErrorCode::unavailable);
    CHECK_THAT(found.error().remedy, ContainsSubstring("apt install blender"));
}

TEST_CASE("the usual places are those of PATH and HOME") {
    const test::Variable path("PATH", "/a:/b");
    const test::Variable home("HOME", "/home/somebody");
    const auto places = usual_places("/my/blender");
    CHECK(places.configured == "/my/blender");
    CHECK(places.path == "/a:/b");
    const auto has = [&](const char* folder) {
        return std::find(places.folders.begin(), places.folders.end(), fs::path(folder)) !=
               places.folders.end();
    };
    CHECK(has("/opt"));
    CHECK(has("/home/somebody/Downloads"));
    const test::Variable relative("HOME", "somewhere");
    CHECK(usual_places({}).folders.size() < places.folders.size());
}

}  // namespace blender_mcpd::blender
