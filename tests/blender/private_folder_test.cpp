#include "private_folder.hpp"

#include "temp_folder.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <support/catch.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace blender_mcpd::blender {

namespace fs = std::filesystem;

namespace {

auto entries(const fs::path& folder) {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

}  // namespace

TEST_CASE("a private folder is ours alone, and goes with everything in it") {
    const test::TempFolder parent;
    const test::Variable where("TMPDIR", parent.path().string());
    fs::path path;
    {
        const auto folder = PrivateFolder::create();
        REQUIRE(folder.has_value());
        path = (*folder)->path();
        CHECK(path.parent_path() == parent.path());
        struct stat info {};
        REQUIRE(stat(path.c_str(), &info) == 0);
        CHECK((info.st_mode & 0777) == 0700);
        fs::create_directories(path / "a/b");
        std::ofstream(path / "a/b/file") << "text";
        fs::create_directory_symlink(parent.path(), path / "link");
    }
    CHECK_FALSE(fs::exists(path));
    CHECK(fs::exists(parent.path()));
    CHECK(entries(parent.path()) == 0);
}

TEST_CASE("two folders live side by side") {
    const test::TempFolder parent;
    const test::Variable where("TMPDIR", parent.path().string());
    const auto first = PrivateFolder::create();
    const auto second = PrivateFolder::create();
    REQUIRE(first.has_value());
    REQUIRE(second.has_value());
    CHECK((*first)->path() != (*second)->path());
    CHECK(fs::exists((*first)->path()));
}

TEST_CASE("what a killed owner left behind is removed, and nothing else") {
    const test::TempFolder parent;
    const test::Variable where("TMPDIR", parent.path().string());
    parent.write("blender-mcpd-dead00/lock", "");
    parent.write("blender-mcpd-dead00/runtime/start.py", "");
    parent.write("blender-mcpd-nolock/file", "");
    parent.write("blender-mcpd-file", "");
    parent.write("other/lock", "");
    fs::create_directory_symlink(parent / "other", parent / "blender-mcpd-link00");

    // A folder whose owner is another process that lives.
    int to_child[2];
    int from_child[2];
    REQUIRE(pipe(to_child) == 0);
    REQUIRE(pipe(from_child) == 0);
    const pid_t owner = fork();
    if (owner == 0) {
        close(to_child[1]);
        const auto folder = PrivateFolder::create();
        const auto name = folder.has_value() ? (*folder)->path().string() + "\n" : "\n";
        if (write(from_child[1], name.data(), name.size()) < 0) _exit(1);
        char byte = 0;
        (void)!read(to_child[0], &byte, 1);
        _exit(0);  // as if killed: nothing is removed
    }
    close(to_child[0]);
    close(from_child[1]);
    std::string live;
    char byte = 0;
    while (read(from_child[0], &byte, 1) == 1 && byte != '\n')
        live += byte;
    close(from_child[0]);
    REQUIRE(fs::is_directory(live));
    CHECK_FALSE(fs::exists(parent / "blender-mcpd-dead00"));

    { const auto folder = PrivateFolder::create(); }
    CHECK(fs::is_directory(live));
    CHECK(fs::exists(parent / "blender-mcpd-nolock/file"));
    CHECK(fs::exists(parent / "blender-mcpd-file"));
    CHECK(fs::exists(parent / "other/lock"));

    close(to_child[1]);
    REQUIRE(waitpid(owner, nullptr, 0) == owner);
    CHECK(fs::is_directory(live));
    { const auto folder = PrivateFolder::create(); }
    CHECK_FALSE(fs::exists(live));
}

TEST_CASE("a folder that cannot be made is an error with a remedy") {
    const test::Variable where("TMPDIR", "/nonexistent/folder");
    const auto folder = PrivateFolder::create();
    REQUIRE_FALSE(folder.has_value());
    CHECK(folder.error().code == core::ErrorCode::unavailable);
    CHECK_THAT(folder.error().message, ContainsSubstring("/nonexistent/folder"));
    CHECK_THAT(folder.error().remedy, ContainsSubstring("TMPDIR"));
}

TEST_CASE("a TMPDIR that is not absolute is not used") {
    const test::Variable where("TMPDIR", "relative");
    const auto folder = PrivateFolder::create();
    REQUIRE(folder.has_value());
    CHECK((*folder)->path().parent_path() == "/tmp");
}

}  // namespace blender_mcpd::blender
