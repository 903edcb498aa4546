#include "temp_folder.hpp"

#include <blender_mcpd/app/logging.hpp>
#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <support/catch.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace blender_mcpd;
using app::LogFormat;
using app::LogLevel;

namespace {

/// Puts another file in the place of a standard descriptor, or closes it, while it lives.
class Redirect {
  public:
    static constexpr int closed = -1;

    Redirect(int standard, int replacement) : standard_(standard) {
        std::fflush(nullptr);
        saved_ = ::fcntl(standard, F_DUPFD_CLOEXEC, 10);
        if (replacement == closed) {
            ::close(standard);
        } else {
            ::dup2(replacement, standard);
        }
    }
    Redirect(const Redirect&) = delete;
    Redirect& operator=(const Redirect&) = delete;
    ~Redirect() {
        std::fflush(nullptr);
        ::dup2(saved_, standard_);
        ::close(saved_);
    }

  private:
    int standard_;
    int saved_;
};

/// Two connected descriptors; what is written to `in` is read from `out`.
struct Channel {
    int out = -1;
    int in = -1;

    static Channel pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
        return Channel(ends[0], ends[1]);
    }
    static Channel socket() {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            throw std::runtime_error("socketpair failed");
        return Channel(ends[0], ends[1]);
    }
    Channel(int read_end, int write_end) : out(read_end), in(write_end) {}
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    ~Channel() {
        close_out();
        ::close(in);
    }
    void close_out() {
        if (out >= 0) ::close(out);
        out = -1;
    }

    /// Until nothing more is taken. The descriptor's mode is restored.
    void fill() const {
        const std::string block(4'096, '.');
        set_nonblocking(in, true);
        while (::write(in, block.data(), block.size()) > 0) {
        }
        set_nonblocking(in, false);
    }
    /// Whatever is there now.
    [[nodiscard]] std::string drain() const {
        std::string text;
        char block[4'096];
        set_nonblocking(out, true);
        for (ssize_t count = 0; (count = ::read(out, block, sizeof block)) > 0;)
            text.append(block, static_cast<std::size_t>(count));
        set_nonblocking(out, false);
        return text;
    }
    static void set_nonblocking(int descriptor, bool on) {
        const int flags = ::fcntl(descriptor, F_GETFL);
        ::fcntl(descriptor, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
    }
};

/// Gives the test runner its log back.
struct QuietAtEnd {
    QuietAtEnd() = default;
    QuietAtEnd(const QuietAtEnd&) = delete;
    QuietAtEnd& operator=(const QuietAtEnd&) = delete;
    ~QuietAtEnd() { (void)app::setup_logging(LogLevel::off, LogFormat::text, ""); }
};

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

/// The message of a line in JSON format; the line must be right in every other way.
std::string message_of(const std::string& line) {
    INFO(line);
    const auto json = core::parse_json(line);
    REQUIRE(json.has_value());
    CHECK(json->size() == 3);
    CHECK(line.starts_with("{\"time\":\""));
    CHECK(json->at("level").is_string());
    return json->at("message").get<std::string>();
}

/// "2025-01-31T12:00:00.123Z": digits where digits belong.
bool is_utc_time(const std::string& text) {
    const std::string form = "dddd-dd-ddTdd:dd:dd.dddZ";
    return std::ranges::equal(text, form, [](char byte, char wanted) {
        return wanted == 'd' ? byte >= '0' && byte <= '9' : byte == wanted;
    });
}

void set_up(LogLevel level, LogFormat format, const std::string& file = "") {
    const auto result = app::setup_logging(level, format, file);
    if (result.has_error()) FAIL(result.error().message);
}

}  // namespace

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

TEST_CASE("a closed stderr loses the log and nothing else") {
    const QuietAtEnd quiet;
    const Redirect err(STDERR_FILENO, Redirect::closed);
    set_up(LogLevel::info, LogFormat::text);
    spdlog::info("nobody sees this");

    const test::TempFolder folder;
    const auto file = folder.write("reuses the number", "");
    const int reused = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    CHECK(reused == STDERR_FILENO);
    spdlog::info("nor this");
    ::close(reused);
    CHECK(test::read_file(file).empty());
}

TEST_CASE("the log stays where stderr was, whatever becomes of the descriptor") {
    const QuietAtEnd quiet;
    const auto errors = Channel::pipe();
    const Redirect err(STDERR_FILENO, errors.in);
    set_up(LogLevel::info, LogFormat::json);
    {
        const Redirect gone(STDERR_FILENO, Redirect::closed);
        spdlog::info("here");
    }
    CHECK(message_of(errors.drain()) == "here");
}

TEST_CASE("a reader that went away does not end the process") {
    const QuietAtEnd quiet;
    std::signal(SIGPIPE, SIG_DFL);  // NOLINT(bugprone-signal-handler)
    const bool use_socket = GENERATE(false, true);
    auto* const make = use_socket ? &Channel::socket : &Channel::pipe;
    auto errors = make();
    const Redirect err(STDERR_FILENO, errors.in);
    set_up(LogLevel::info, LogFormat::text);
    errors.close_out();
    for (int i = 0; i < 100; ++i)
        spdlog::info("nobody reads {}", i);
    SUCCEED("still alive");
}

TEST_CASE("a full stderr drops records, does not block, and tells how many were lost") {
    const QuietAtEnd quiet;
    struct Row {
        std::string name;
        Channel (*make)();
        bool nonblocking;
    };
    const auto row = GENERATE(values<Row>({
        {"blocking pipe", &Channel::pipe, false},
        {"non-blocking pipe", &Channel::pipe, true},
        {"blocking socket", &Channel::socket, false},
        {"non-blocking socket", &Channel::socket, true},
    }));
    INFO(row.name);
    const auto errors = row.make();
    const Redirect err(STDERR_FILENO, errors.in);
    set_up(LogLevel::info, LogFormat::json);
    errors.fill();
    Channel::set_nonblocking(errors.in, row.nonblocking);
    for (int i = 0; i < 1'000; ++i)
        spdlog::info("lost");
    const auto before = errors.drain();
    CHECK(before.find_first_not_of('.') == std::string::npos);
    CHECK(((::fcntl(errors.in, F_GETFL) & O_NONBLOCK) != 0) == row.nonblocking);

    spdlog::info("found");
    spdlog::info("next");
    const auto lines = lines_of(errors.drain());
    REQUIRE(lines.size() == 3);
    CHECK(message_of(lines[0]) == "1000 log records were lost, as nobody took them");
    CHECK(message_of(lines[1]) == "found");
    CHECK(message_of(lines[2]) == "next");
}

TEST_CASE("a record that was taken in part does not spoil the next one") {
    const QuietAtEnd quiet;
    const bool use_socket = GENERATE(false, true);
    auto* const make = use_socket ? &Channel::socket : &Channel::pipe;
    const auto errors = make();
    const Redirect err(STDERR_FILENO, errors.in);
    set_up(LogLevel::info, LogFormat::json);
    spdlog::info(std::string(4'000'000, 'x'));  // larger than the buffers of the system
    spdlog::info("lost as well");
    const auto part = errors.drain();
    CHECK(part.size() > 4'096);
    CHECK_THAT(part, !ContainsSubstring("\n"));

    spdlog::info("whole");
    const auto lines = lines_of(errors.drain());
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].empty());  // ends the line of the part
    CHECK(message_of(lines[1]) == "2 log records were lost, as nobody took them");
    CHECK(message_of(lines[2]) == "whole");
}

namespace {

bool is_asleep(pid_t thread) {
    const auto state = test::read_file("/proc/self/task/" + std::to_string(thread) + "/stat");
    return state.find(") S ") != std::string::npos;
}

/// Reads only while the writer sleeps, so that what does not wait for the reader cannot get far.
std::string read_when_asleep(const Channel& channel, pid_t writer, const std::string& until) {
    std::string received;
    char block[4'096];
    while (!received.ends_with(until)) {
        while (!is_asleep(writer))
            std::this_thread::yield();
        const auto count = ::read(channel.out, block, sizeof block);
        if (count <= 0) break;
        received.append(block, static_cast<std::size_t>(count));
    }
    return received;
}

}  // namespace

TEST_CASE("a large record passes a small pipe whole when somebody reads") {
    const QuietAtEnd quiet;
    const auto errors = Channel::pipe();
    const Redirect err(STDERR_FILENO, errors.in);
    set_up(LogLevel::info, LogFormat::json);
    ::fcntl(errors.in, F_SETPIPE_SZ, 4'096);
    errors.fill();
    spdlog::info("lost");  // and no wait for the next ones, unless they make progress
    (void)errors.drain();

    const std::string large(100'000, 'x');
    std::string received;
    std::thread reader(
        [&, writer = ::gettid()] { received = read_when_asleep(errors, writer, "\nend\n"); });
    // Several times, as a busy machine may keep the reader from reading for longer than the log
    // waits.
    for (int i = 0; i < 10; ++i) {
        spdlog::info(large);
        CHECK(::write(errors.in, "\n", 1) == 1);  // waits for the reader, whatever the log did
    }
    CHECK(::write(errors.in, "end\n", 4) == 4);
    reader.join();
    const auto lines = lines_of(received);
    CHECK(std::ranges::any_of(lines, [&](const std::string& line) {
        return line.ends_with('}') && message_of(line) == large;
    }));
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
