#include "audit_file.hpp"

#include "temp_folder.hpp"

#include <csignal>
#include <filesystem>
#include <string>

#include <support/captured_log.hpp>
#include <support/catch.hpp>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace blender_mcpd;
namespace fs = std::filesystem;

namespace {

app::AuditOptions options_for(const std::string& path, std::uint64_t max_bytes = 0,
                              std::size_t keep = 1) {
    app::AuditOptions options;
    options.path = path;
    options.max_bytes = max_bytes;
    options.keep = keep;
    return options;
}

mode_t mode_of(const std::string& path) {
    struct stat about {};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    return about.st_mode & 07777U;
}

}  // namespace

TEST_CASE("the file is for its owner alone, and is appended to") {
    const test::TempFolder folder;
    const auto path = folder.write("audit.jsonl", "before\n");
    REQUIRE(::chmod(path.c_str(), 0644) == 0);
    {
        app::AuditFile file;
        REQUIRE(file.open(options_for(path)));
        CHECK(mode_of(path) == 0600);
        REQUIRE(file.append("one\n"));
    }
    app::AuditFile file;
    const auto fresh = folder / "new.jsonl";
    REQUIRE(file.open(options_for(path)));
    REQUIRE(file.append("two\n"));
    CHECK(test::read_file(path) == "before\none\ntwo\n");
    REQUIRE(file.open(options_for(fresh)));
    CHECK(mode_of(fresh) == 0600);
}

TEST_CASE("what is no file of ours is refused") {
    const test::TempFolder folder;
    const auto target = folder.write("target", "");
    const auto refused = [&](const std::string& path) {
        app::AuditFile file;
        const auto opened = file.open(options_for(path));
        REQUIRE(!opened);
        CHECK(!opened.error().remedy.empty());
        return opened.error().message;
    };
    fs::create_symlink(target, folder / "link");
    CHECK(refused(folder / "link").find("is a symbolic link") != std::string::npos);
    fs::create_hard_link(target, folder / "hard");
    CHECK(refused(folder / "hard").find("hard link") != std::string::npos);
    REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
    CHECK(refused(folder / "fifo").find("no regular file") != std::string::npos);
    CHECK(refused(folder / "none/audit.jsonl").find("cannot be opened") != std::string::npos);
    CHECK(test::read_file(target).empty());
}

TEST_CASE("a folder behind a link of somebody else's is refused, behind one of ours not") {
    if (::geteuid() != 0) return;  // only root can make a link for somebody else
    const test::TempFolder folder;
    fs::create_directory(folder / "real");
    fs::create_directory_symlink(folder / "real", folder / "link");
    app::AuditFile file;
    CHECK(file.open(options_for(folder / "link/audit.jsonl")));
    constexpr uid_t nobody = 65'534;
    REQUIRE(::lchown((folder / "link").c_str(), nobody, nobody) == 0);
    const auto opened = file.open(options_for(folder / "link/audit.jsonl"));
    REQUIRE(!opened);
    CHECK(opened.error().message.find("somebody else's") != std::string::npos);
}

TEST_CASE("a file that grows too long becomes the first of the old ones") {
    const test::TempFolder folder;
    const auto path = folder / "audit.jsonl";
    app::AuditFile file;
    REQUIRE(file.open(options_for(path, 10, 2)));
    for (const auto* line : {"first\n", "second\n", "third\n", "fourth\n"})
        REQUIRE(file.append(line));
    CHECK(test::read_file(path) == "fourth\n");
    CHECK(test::read_file(path + ".1") == "third\n");
    CHECK(test::read_file(path + ".2") == "second\n");
    CHECK(!fs::exists(path + ".3"));
    CHECK(mode_of(path) == 0600);
    REQUIRE(file.append("a line that is longer than the limit\n"));
    CHECK(test::read_file(path) == "a line that is longer than the limit\n");
}

TEST_CASE("two writers share a file and its rotation") {
    const test::TempFolder folder;
    const auto path = folder / "audit.jsonl";
    app::AuditFile one;
    app::AuditFile other;
    REQUIRE(one.open(options_for(path, 10, 9)));
    REQUIRE(other.open(options_for(path, 10, 9)));
    REQUIRE(one.append("1 one\n"));
    REQUIRE(other.append("2 other\n"));  // rotates
    REQUIRE(one.append("3\n"));          // goes where the other one writes now
    CHECK(test::read_file(path + ".1") == "1 one\n");
    CHECK(test::read_file(path) == "2 other\n3\n");
}

TEST_CASE("a file that was moved away is made anew") {
    const test::TempFolder folder;
    const auto path = folder / "audit.jsonl";
    app::AuditFile file;
    REQUIRE(file.open(options_for(path)));
    REQUIRE(file.append("old\n"));
    fs::rename(path, folder / "moved");
    REQUIRE(file.append("new\n"));
    CHECK(test::read_file(folder / "moved") == "old\n");
    CHECK(test::read_file(path) == "new\n");
}

TEST_CASE("a line that a killed writer has begun is a line of its own") {
    const test::TempFolder folder;
    const auto path = folder.write("audit.jsonl", "{\"event\":");
    app::AuditFile file;
    REQUIRE(file.open(options_for(path)));
    REQUIRE(file.append("next\n"));
    CHECK(test::read_file(path) == "{\"event\":\nnext\n");
}

TEST_CASE("of a line that does not fit on the disk nothing stays") {
    const test::TempFolder folder;
    const auto path = folder / "audit.jsonl";
    app::AuditFile file;
    REQUIRE(file.open(options_for(path)));
    REQUIRE(file.append("short\n"));
    // What the process may write to a file stands for what the disk takes.
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{20, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto written = file.append("a line that is much longer than what is left\n");
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    REQUIRE(!written);
    CHECK(written.error().message.find("cannot be written") != std::string::npos);
    CHECK(test::read_file(path) == "short\n");
    REQUIRE(file.append("again\n"));
    CHECK(test::read_file(path) == "short\nagain\n");
}

TEST_CASE("a file that cannot be rotated grows, which is told once") {
    const test::TempFolder folder;
    const auto path = folder / "audit.jsonl";
    const test::CapturedLog log;
    app::AuditFile file;
    REQUIRE(file.open(options_for(path, 5)));
    fs::create_directories(path + ".1/in the way");
    for (int i = 0; i < 3; ++i)
        REQUIRE(file.append("line\n"));
    CHECK(test::read_file(path) == "line\nline\nline\n");
    CHECK(log.count("cannot be rotated") == 1);
}
