#include "../../src/blender/restore_plan.hpp"

#include <string>

#include <support/catch.hpp>

namespace blender_mcpd::blender {

namespace {

core::TimePoint at(int seconds) {
    return core::TimePoint(std::chrono::seconds(seconds));
}

RecoveryCopy copy(const std::string& path, SceneMark scene, std::uint64_t number,
                  std::string document = "1.0") {
    return {path, std::move(document), scene, number, "/a.blend", at(10), {}};
}

OpenFile open_file(SceneMark scene, bool as_noted) {
    return {"1.0", scene, "/a.blend", true, as_noted};
}

std::vector<std::string> paths(const Findings& found, const std::set<std::string>& unusable = {}) {
    std::vector<std::string> out;
    for (const auto& point : restore_points(found, unusable))
        out.push_back(point.path);
    return out;
}

using Paths = std::vector<std::string>;

void log_edit(CallLog& log, const std::string& op, SceneMark scene) {
    log.succeeded(log.begin(op, "{}", at(0)), scene, "added X", at(1));
}

}  // namespace

TEST_CASE("what to open, best first") {
    Findings found;
    CHECK(paths(found).empty());
    found.copies = {copy("1-9", {1, 5}, 9), copy("2-1", {2, 3}, 1), copy("1-10", {1, 6}, 10)};
    CHECK(paths(found).empty());  // nobody knows what they are copies of

    SECTION("a scene that was never saved") {
        found.open = OpenFile{"1.0", {1, 0}, "", false, false};
        CHECK(paths(found) == Paths{"2-1", "1-10", "1-9"});
        CHECK(paths(found, {"2-1", "1-9"}) == Paths{"1-10"});
    }
    SECTION("copies of another document are of no use") {
        found.open = OpenFile{"1.0", {1, 0}, "", false, false};
        found.copies[1].document = "1.1";
        CHECK(paths(found) == Paths{"1-10", "1-9"});
    }
    SECTION("saved after the newest copy") {
        found.open = open_file({2, 4}, true);
        CHECK(paths(found) == Paths{"/a.blend", "2-1", "1-10", "1-9"});
    }
    SECTION("saved at the newest copy: the file is the same, and saved") {
        found.open = open_file({2, 3}, true);
        CHECK(paths(found).front() == "/a.blend");
    }
    SECTION("saved between two copies") {
        found.open = open_file({1, 6}, true);
        CHECK(paths(found) == Paths{"2-1", "/a.blend", "1-10", "1-9"});
    }
    SECTION("the file is not what was saved: better than nothing") {
        found.open = open_file({2, 4}, false);
        CHECK(paths(found) == Paths{"2-1", "1-10", "1-9", "/a.blend"});
        CHECK(paths(found, {"2-1", "1-10", "1-9", "/a.blend"}).empty());
    }
    SECTION("the file is gone") {
        found.open = OpenFile{"1.0", {2, 4}, "/a.blend", false, false};
        CHECK(paths(found) == Paths{"2-1", "1-10", "1-9"});
    }
}

TEST_CASE("what is lost, in words") {
    CallLog log;
    log_edit(log, "one", {1, 1});
    log_edit(log, "two", {1, 2});
    log_edit(log, "three", {1, 3});
    const auto text = [&](std::optional<RestorePoint> point) {
        return describe(what_is_lost(log, std::move(point), at(12)));
    };
    RestorePoint point{"/state/1-1.blend", "1.0", {1, 2}, "/a.blend", at(10), {}};
    SECTION("one edit after the copy") {
        CHECK(text(point) ==
              "The next Blender opens a recovery copy of /a.blend, with its unsaved changes, made "
              "2.0 s before the end. Lost is 1 edit that had been answered as applied: three "
              "(added X)");
    }
    SECTION("nothing after the copy") {
        point.scene = {1, 3};
        point.file.clear();
        CHECK(text(point) ==
              "The next Blender opens a recovery copy of a scene that was never saved, made 2.0 s "
              "before the end. No edit that was answered is lost");
    }
    SECTION("the copy lacks something") {
        point.note = "Without the pixels of 'A'";
        CHECK_THAT(text(point), ContainsSubstring("before the end. Without the pixels of 'A'. "));
    }
    SECTION("the saved file") {
        CHECK_THAT(text(RestorePoint{"/a.blend", {}, {1, 1}, "/a.blend", {}, {}}),
                   ContainsSubstring("opens the file as it was saved: /a.blend. Lost are 2 edits"));
    }
    SECTION("nothing to restore") {
        CHECK_THAT(text(std::nullopt), ContainsSubstring("nothing to restore"));
        CHECK_THAT(text(std::nullopt),
                   ContainsSubstring("Lost are 3 edits that had been answered as applied: one "));
    }
}

TEST_CASE("many lost edits: the last ones are named, all are counted") {
    CallLog log;
    for (std::uint64_t i = 1; i <= 25; ++i)
        log_edit(log, "edit" + std::to_string(i), {1, i});
    const auto loss = what_is_lost(log, std::nullopt, at(0));
    CHECK(loss.edits.size() == Loss::max_edits);
    CHECK(loss.earlier == 15);
    CHECK_THAT(describe(loss), ContainsSubstring("Lost are 25 edits"));
    CHECK_THAT(describe(loss), ContainsSubstring("…, edit16 (added X)"));
    for (std::size_t i = 0; i < CallLog::max_calls; ++i)
        log.begin("read", "{}", at(0));
    CHECK_THAT(describe(what_is_lost(log, std::nullopt, at(0))),
               ContainsSubstring("Lost are more than 0 edits"));
}

}  // namespace blender_mcpd::blender
