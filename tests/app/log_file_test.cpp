// The log in a file.
#include "log_capture.hpp"

#include <blender_mcpd/app/logging.hpp>

#include <spdlog/spdlog.h>

#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <support/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

using namespace blender_mcpd;
using namespace blender_mcpd::test;

TEST_CASE("a log file is appended to, and made for its owner only") {
    const QuietAtEnd quiet;
    const test::TempFolder folder;
    const auto file = folder.write("old", "before\n");
    for (int i = 0; i < 2; ++i) {
        set_up(LogLevel::info, LogFormat::json, file);
        spdlog::info("again");
    }
    const auto lines = lines_of(test::read_file(file));
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == "before");
    CHECK(message_of(lines[2]) == "again");

    set_up(LogLevel::info, LogFormat::text, folder / "new");
    struct stat status {};
    REQUIRE(::stat((folder / "new").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
}

TEST_CASE("log files that are refused, with the reason and a remedy; the log in use stays") {
    const QuietAtEnd quiet;
    const test::TempFolder folder;
    REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
    const auto output_file = folder.write("stdout", "");
    const int output = ::open(output_file.c_str(), O_WRONLY | O_CLOEXEC);
    struct Row {
        std::string file;
        core::ErrorCode code;
        std::string message;
    };
    const std::vector<Row> rows{
        {folder / "none/log", core::ErrorCode::not_found, "No such file or directory"},
        {folder / "", core::ErrorCode::invalid, "Is a directory"},
        {folder / "fifo", core::ErrorCode::invalid,
         "No such device"},  // nobody reads; must not wait
        {output_file, core::ErrorCode::invalid, "is the standard output"},
        {"/dev/stdout", core::ErrorCode::invalid, "is the standard output"},
        {"/proc/self/fd/1", core::ErrorCode::invalid, "is the standard output"},
    };
    set_up(LogLevel::info, LogFormat::json, folder / "log");
    {
        const Redirect out(STDOUT_FILENO, output);
        for (const auto& row : rows) {
            const auto result = app::setup_logging(LogLevel::info, LogFormat::json, row.file);
            INFO(row.file);
            REQUIRE(result.has_error());
            CHECK(result.error().code == row.code);
            CHECK_THAT(result.error().message,
                       ContainsSubstring(row.file) && ContainsSubstring(row.message));
            CHECK_FALSE(result.error().remedy.empty());
            spdlog::info("still here");
        }
    }
    ::close(output);
    CHECK(test::read_file(output_file).empty());
    CHECK(lines_of(test::read_file(folder / "log")).size() == rows.size());
}

TEST_CASE("/dev/null is a log file even when it is the standard output, too") {
    const QuietAtEnd quiet;
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    const Redirect out(STDOUT_FILENO, null);
    const auto result = app::setup_logging(LogLevel::info, LogFormat::text, "/dev/null");
    ::close(null);
    CHECK(result.has_value());
}
