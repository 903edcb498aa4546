#include "temp_folder.hpp"

#include <blender_mcpd/blender/installations.hpp>

#include <chrono>
#include <optional>
#include <string>

#include <support/catch.hpp>

namespace blender_mcpd::blender {

using namespace std::chrono_literals;

TEST_CASE("the release in a version") {
    struct Row {
        std::string text;
        std::optional<Release> release;
    };
    const auto row = GENERATE(values<Row>({
        {"4.2", Release{4, 2}},
        {"4.2.1", Release{4, 2}},
        {"2.93", Release{2, 93}},
        {"", {}},
        {"4", {}},
        {"4.", {}},
        {".2", {}},
        {"4.2.", {}},
        {"4.2.1.0", {}},
        {"4.-2", {}},
        {"-4.2", {}},
        {"4.2 LTS", {}},
        {"4.99999999999", {}},
        {"4.1000", {}},
        {"v4.2", {}},
    }));
    CAPTURE(row.text);
    CHECK((release_in(row.text) == row.release));
}

TEST_CASE("a Blender is asked for its release") {
    struct Row {
        std::string script;
        std::optional<Release> release;
        std::string complaint;
    };
    const auto row = GENERATE(values<Row>({
        {"echo \"Blender 4.3.2\"; echo '\tbuild date: x'", Release{4, 3}, ""},
        {"echo \"a library complains\" >&2; echo \"Blender 5.2.2 LTS\"", Release{5, 2}, ""},
        {"[ \"$1\" = --version ] && echo \"Blender 3.4.1\"", Release{3, 4}, ""},
        {"echo GIMP 3.0", {}, "is no Blender: GIMP 3.0"},
        {"echo \"Blender next\"", {}, "is no Blender"},
        {"echo \"Blender 4.3.2\"; exit 3", {}, "ended with exit code 3"},
        {"kill -9 $$", {}, "killed by signal 9"},
    }));
    CAPTURE(row.script);
    const test::TempFolder folder;
    const auto program = folder.write_program("blender", "#!/bin/sh\n" + row.script + "\n");
    const auto release = ask_release(program);
    if (row.release) {
        REQUIRE(release.has_value());
        CHECK((*release == *row.release));
    } else {
        REQUIRE_FALSE(release.has_value());
        CHECK(release.error().code == core::ErrorCode::unavailable);
        CHECK(release.error().message.find(row.complaint) != std::string::npos);
    }
}

TEST_CASE("a program that is not there is an error") {
    const auto release = ask_release("/missing/blender");
    REQUIRE_FALSE(release.has_value());
    CHECK(release.error().message.find("No such file") != std::string::npos);
}

TEST_CASE("a program that does not end is ended") {
    const test::TempFolder folder;
    const auto program =
        folder.write_program("blender", "#!/bin/sh\necho begun\nwhile :; do sleep 1; done\n");
    const auto printed = run_program({program.string()}, 300ms);
    REQUIRE_FALSE(printed.has_value());
    CHECK(printed.error().message.find("did not end within") != std::string::npos);
}

}  // namespace blender_mcpd::blender
