// What a record of the log looks like.
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

TEST_CASE("text records: time, level, message, one line, on stderr and never on stdout") {
    const QuietAtEnd quiet;
    const auto output = Channel::pipe();
    const auto errors = Channel::pipe();
    {
        const Redirect out(STDOUT_FILENO, output.in);
        const Redirect err(STDERR_FILENO, errors.in);
        set_up(LogLevel::trace, LogFormat::text);
        spdlog::info("number {}", 1);
        spdlog::warn("w");
        spdlog::critical("c");
    }
    const auto lines = lines_of(errors.drain());
    REQUIRE(lines.size() == 3);
    CHECK(is_utc_time(lines[0].substr(0, 24)));
    CHECK(lines[0].substr(24) == " info  number 1");
    CHECK(lines[1].substr(24) == " warn  w");
    CHECK(lines[2].substr(24) == " critical c");
    CHECK(output.drain().empty());
}

TEST_CASE("JSON records: members, names of levels, one line") {
    const QuietAtEnd quiet;
    const test::TempFolder folder;
    const auto file = folder / "log";
    set_up(LogLevel::trace, LogFormat::json, file);
    spdlog::trace("t");
    spdlog::debug("d");
    spdlog::info("i");
    spdlog::warn("w");
    spdlog::error("e");
    const auto lines = lines_of(test::read_file(file));
    REQUIRE(lines.size() == 5);
    const std::vector<std::string> levels{"trace", "debug", "info", "warn", "error"};
    for (std::size_t i = 0; i < lines.size(); ++i) {
        CHECK(message_of(lines[i]) == levels[i].substr(0, 1));
        const auto json = core::parse_json(lines[i]);
        CHECK(json->at("level") == levels[i]);
        CHECK(is_utc_time(json->at("time").get<std::string>()));
    }
}

TEST_CASE("the journal gets the priority of every line, and no time of its own") {
    const QuietAtEnd quiet;
    const auto errors = Channel::pipe();
    struct stat status {};
    REQUIRE(::fstat(errors.in, &status) == 0);
    const auto stream = std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
    const auto format = GENERATE(LogFormat::text, LogFormat::json);
    ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
    {
        const Redirect err(STDERR_FILENO, errors.in);
        set_up(LogLevel::trace, format);
        spdlog::debug("d");
        spdlog::info("i");
        spdlog::warn("a\nb");
        spdlog::error("e");
        ::setenv("JOURNAL_STREAM", (stream + '0').c_str(), 1);  // something else than stderr
        set_up(LogLevel::trace, format);
        spdlog::info("no journal");
    }
    ::unsetenv("JOURNAL_STREAM");
    auto lines = lines_of(errors.drain());
    REQUIRE_FALSE(lines.empty());
    CHECK_THAT(lines.back(), !Catch::Matchers::StartsWith("<"));
    lines.pop_back();
    if (format == LogFormat::text) {
        CHECK(lines == std::vector<std::string>{"<7>d", "<6>i", "<4>a", "<4>    b", "<3>e"});
    } else {
        REQUIRE(lines.size() == 4);
        CHECK_THAT(lines[2], Catch::Matchers::StartsWith("<4>{"));
        CHECK(message_of(lines[2].substr(3)) == "a\nb");
    }
}

TEST_CASE("the log is changed under threads that use it") {
    const QuietAtEnd quiet;
    const test::TempFolder folder;
    set_up(LogLevel::info, LogFormat::json, folder / "0");
    constexpr int records = 2'000;
    std::thread busy([] {
        for (int i = 0; i < records; ++i)
            spdlog::info("r");
    });
    for (int i = 1; i < 20; ++i)
        set_up(LogLevel::info, LogFormat::json, folder / std::to_string(i));
    busy.join();
    std::size_t written = 0;
    for (int i = 0; i < 20; ++i)
        for (const auto& line : lines_of(test::read_file(folder / std::to_string(i))))
            written += message_of(line) == "r" ? 1 : 0;
    CHECK(written == records);
}

TEST_CASE("the level decides what is written") {
    const QuietAtEnd quiet;
    struct Row {
        LogLevel level;
        std::string written;
    };
    const auto row = GENERATE(values<Row>({
        {LogLevel::trace, "tdiwe"},
        {LogLevel::debug, "diwe"},
        {LogLevel::info, "iwe"},
        {LogLevel::warn, "we"},
        {LogLevel::error, "e"},
        {LogLevel::off, ""},
    }));
    const test::TempFolder folder;
    set_up(row.level, LogFormat::json, folder / "log");
    spdlog::trace("t");
    spdlog::debug("d");
    spdlog::info("i");
    spdlog::warn("w");
    spdlog::error("e");
    std::string written;
    for (const auto& line : lines_of(test::read_file(folder / "log")))
        written += message_of(line);
    CHECK(written == row.written);
}

TEST_CASE("whatever a message holds, it is one record") {
    const QuietAtEnd quiet;
    struct Row {
        std::string name;
        std::string message;
        std::string json;  // the message after decoding
        std::string text;  // after time and level
    };
    const std::string long_text(100'000, 'x');
    const auto row = GENERATE_COPY(values<Row>({
        {"empty", "", "", ""},
        {"newlines", "a\nb\r\nc", "a\nb\r\nc", "a\n    b\\x0d\n    c"},
        {"a forged record", "x\n2025-01-01T00:00:00.000Z error y",
         "x\n2025-01-01T00:00:00.000Z error y", "x\n    2025-01-01T00:00:00.000Z error y"},
        {"quotes", R"("},{"level":"error)", R"("},{"level":"error)", R"("},{"level":"error)"},
        {"an escape sequence", "\x1b[31mred\x7f", "\x1b[31mred\x7f", "\\x1b[31mred\\x7f"},
        {"a tab", "a\tb", "a\tb", "a\tb"},
        {"a null byte", std::string("a\0b", 3), std::string("a\0b", 3), "a\\x00b"},
        {"UTF-8", "ünï 🐒", "ünï 🐒", "ünï 🐒"},
        {"invalid UTF-8", "a\xff\xc3", "a\xEF\xBF\xBD\xEF\xBF\xBD", "a\xff\xc3"},
        {"braces", "{} {0}", "{} {0}", "{} {0}"},
        {"long", long_text, long_text, long_text},
    }));
    INFO(row.name);
    const test::TempFolder folder;
    set_up(LogLevel::info, LogFormat::json, folder / "json");
    spdlog::info(std::string_view(row.message));
    spdlog::info("after");
    const auto lines = lines_of(test::read_file(folder / "json"));
    REQUIRE(lines.size() == 2);
    CHECK(message_of(lines[0]) == row.json);
    CHECK(message_of(lines[1]) == "after");

    set_up(LogLevel::info, LogFormat::text, folder / "text");
    spdlog::info(std::string_view(row.message));
    CHECK(test::read_file(folder / "text").substr(24) == " info  " + row.text + "\n");
}

TEST_CASE("a message that cannot be formatted is reported, not thrown") {
    const QuietAtEnd quiet;
    const test::TempFolder folder;
    set_up(LogLevel::info, LogFormat::json, folder / "log");
    const std::string wrong = "{:d}";
    CHECK_NOTHROW(spdlog::info(fmt::runtime(wrong), "text"));
    const auto lines = lines_of(test::read_file(folder / "log"));
    REQUIRE(lines.size() == 1);
    CHECK_THAT(message_of(lines[0]), ContainsSubstring("a log record could not be written: "));
    CHECK(core::parse_json(lines[0])->at("level") == "error");
}

TEST_CASE("threads do not mix their records") {
    const QuietAtEnd quiet;
    const test::TempFolder folder;
    set_up(LogLevel::info, LogFormat::json, folder / "log");
    constexpr std::size_t per_thread = 500;
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([i] {
            for (std::size_t n = 0; n < per_thread; ++n)
                spdlog::info("{} {}", i, n);
        });
    for (auto& thread : threads)
        thread.join();
    std::vector<std::string> messages;
    for (const auto& line : lines_of(test::read_file(folder / "log")))
        messages.push_back(message_of(line));
    CHECK(messages.size() == 4 * per_thread);
    std::ranges::sort(messages);
    CHECK(std::ranges::adjacent_find(messages) == messages.end());
}
