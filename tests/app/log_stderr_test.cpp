// The log on a standard error that is closed, full or has no reader.
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
