#include "../../src/blender/recovery_files.hpp"

#include "processes.hpp"
#include "temp_folder.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <support/catch.hpp>
#include <sys/stat.h>

namespace blender_mcpd::blender {

namespace fs = std::filesystem;

namespace {

core::Json open_note(const std::string& file) {
    return {
        {"document", "1.0"}, {"life", 1}, {"generation", 4}, {"file", file}, {"saved", nullptr}};
}

}  // namespace

TEST_CASE("what a Blender has left is found") {
    const test::TempFolder folder;
    CHECK_FALSE(read_findings(folder.path()).open);
    CHECK_FALSE(read_findings(folder.path() / "gone").open);

    const core::Json note{{"document", "1.0"},  {"life", 1},          {"number", 2},
                          {"generation", 5},    {"file", "/a.blend"}, {"bytes", 4},
                          {"monotonic_s", 7.5}, {"note", "less"}};
    folder.write("1-2.blend", "data");
    folder.write("1-2.json", note.dump());
    folder.write("1-3.blend", "cut short");  // its note says otherwise
    folder.write("1-3.json", note.dump());
    folder.write("1-4.blend", "data");  // without a note
    folder.write("1-5.blend", "data");
    folder.write("1-5.json", "{\"document\":");
    const auto file = folder.write("saved.file", "0123456789");
    folder.write("open.json", open_note(file.string()).dump());

    const auto found = read_findings(folder.path());
    REQUIRE(found.copies.size() == 1);
    const auto& copy = found.copies.front();
    CHECK(copy.path == (folder.path() / "1-2.blend").string());
    CHECK(copy.scene == SceneMark{1, 5});
    CHECK(copy.number == 2);
    CHECK(copy.file == "/a.blend");
    CHECK(copy.made == core::TimePoint(std::chrono::milliseconds(7'500)));
    CHECK(copy.note == "less");
    REQUIRE(found.open);
    CHECK(found.open->scene == SceneMark{1, 4});
    CHECK(found.open->is_there);
    CHECK_FALSE(found.open->as_noted);
}

TEST_CASE("a file is as it was saved while its time and size are the same") {
    const test::TempFolder folder;
    const auto file = folder.write("saved.file", "0123456789");
    struct stat about {};
    REQUIRE(stat(file.c_str(), &about) == 0);
    auto note = open_note(file.string());
    note["saved"] = {
        {"mtime_ns", std::int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec},
        {"size", 10}};
    folder.write("open.json", note.dump());
    CHECK(read_findings(folder.path()).open->as_noted);
    folder.write("saved.file", "another size");
    CHECK_FALSE(read_findings(folder.path()).open->as_noted);
    fs::remove(file);
    CHECK_FALSE(read_findings(folder.path()).open->is_there);
}

TEST_CASE("the last crash reports are kept") {
    const test::TempFolder folder;
    const auto crashes = folder.path() / "state" / "crashes";
    CrashReports reports(crashes);
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < CrashReports::max_reports + 3; ++i)
        paths.push_back(reports.write({{"number", i}}));
    CHECK(std::distance(fs::directory_iterator(crashes), fs::directory_iterator()) ==
          std::ptrdiff_t{CrashReports::max_reports});
    CHECK_FALSE(fs::exists(paths.front()));
    CHECK(fs::exists(paths.back()));
    CHECK((fs::status(crashes).permissions() & fs::perms::others_all) == fs::perms::none);

    reports.rewrite(paths.back(), {{"number", "changed"}});
    CHECK_THAT(test::line_of(paths.back()), ContainsSubstring("{"));
}

TEST_CASE("reports that cannot be written do no harm") {
    const test::TempFolder folder;
    CHECK(CrashReports("").write({}).empty());
    CrashReports reports(folder.write("a file", "") / "crashes");
    CHECK(reports.write({}).empty());
    CHECK(reports.write({}).empty());
}

}  // namespace blender_mcpd::blender
