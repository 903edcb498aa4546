#include "program_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace blender_mcpd::app {

namespace {

using Clock = std::chrono::steady_clock;

struct Child {
    pid_t pid = -1;
    int output = -1;
};

core::Result<Child> start(std::vector<std::string>& arguments) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return core::Error{core::ErrorCode::internal,
                           fmt::format("cannot make a pipe: {}", std::strerror(errno))};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    std::vector<char*> pointers;
    for (auto& argument : arguments)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    Child child;
    const int failed =
        ::posix_spawn(&child.pid, pointers[0], &actions, &attributes, pointers.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    child.output = ends[0];
    if (failed == 0) return child;
    ::close(ends[0]);
    return core::Error{core::ErrorCode::unavailable,
                       fmt::format("{} cannot be started: {}", arguments[0], std::strerror(failed)),
                       "See its permissions, and whether it is made for this machine"};
}

/// Until the end of its output; false when the deadline comes first.
bool read_to_end(int output, Clock::time_point deadline, std::string& text) {
    std::array<char, 4'096> block{};
    while (true) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return false;
        pollfd wanted{output, POLLIN, 0};
        if (::poll(&wanted, 1, static_cast<int>(left)) <= 0) continue;
        const auto count = ::read(output, block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return true;
        const auto room = max_program_output - text.size();
        text.append(block.data(), std::min(static_cast<std::size_t>(count), room));
    }
}

/// False when the deadline comes before its end. It is not reaped yet: until then nobody else can
/// get its number.
bool ends_before(pid_t pid, Clock::time_point deadline) {
    constexpr timespec moment{0, 5'000'000};
    while (true) {
        siginfo_t info{};
        if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            info.si_pid == pid)
            return true;
        if (Clock::now() >= deadline) return false;
        ::nanosleep(&moment, nullptr);  // who has closed its output ends within moments
    }
}

}  // namespace

core::Result<std::string> program_output(std::vector<std::string> arguments,
                                         std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    const auto child = start(arguments);
    if (!child) return child.error();
    std::string text;
    const bool ended =
        read_to_end(child->output, deadline, text) && ends_before(child->pid, deadline);
    ::close(child->output);
    ::kill(-child->pid, SIGKILL);  // also what it has left behind
    int status = 0;
    while (::waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!ended)
        return core::Error{core::ErrorCode::timeout,
                           fmt::format("{} did not end within {} s", arguments[0],
                                       static_cast<double>(limit.count()) / 1'000)};
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return core::Error{core::ErrorCode::internal, fmt::format("{} failed", arguments[0])};
    return text;
}

}  // namespace blender_mcpd::app
