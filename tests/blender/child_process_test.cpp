#include "child_process.hpp"

#include "processes.hpp"
#include "temp_folder.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include <fcntl.h>
#include <support/catch.hpp>
#include <support/loop.hpp>
#include <sys/wait.h>
#include <unistd.h>

namespace blender_mcpd::blender {

using namespace std::chrono_literals;

namespace {

struct Stage {
    Stage() { std::signal(SIGPIPE, SIG_IGN); }  // as in the daemon

    test::Loop loop;
    std::shared_ptr<ChildProcess> child;

    void start(SpawnOptions options) {
        auto spawned = ChildProcess::spawn(loop.timers, std::move(options));
        REQUIRE(spawned.has_value());
        child = *spawned;
    }
    void shell(const std::string& script) { start(sh(script)); }
    static SpawnOptions sh(const std::string& script) {
        SpawnOptions options;
        options.arguments = {"/bin/sh", "-c", script};
        options.environment = {"PATH=/usr/bin:/bin"};
        return options;
    }

    std::string wait_exit() {
        loop.run(child->ended().wait());
        REQUIRE(child->exit_status());
        return describe(*child->exit_status());
    }
    std::string report(std::chrono::milliseconds limit = 60s, core::CancelToken cancel = {}) {
        return loop.run(child->report(limit, std::move(cancel)));
    }
    /// A process number that the child reports.
    pid_t reported_pid() { return static_cast<pid_t>(std::stol(report())); }

    void until_gone(pid_t pid) {
        loop.drive([&] { return test::gone(pid); });
    }
};

}  // namespace

TEST_CASE("how a process ended") {
    struct Row {
        const char* script;
        const char* expected;
    };
    const auto row = GENERATE(values<Row>({
        {"exit 0", "exit code 0"},
        {"exit 3", "exit code 3"},
        {"exit 255", "exit code 255"},
        {"kill -KILL $$", "killed by signal 9 (Killed)"},
        {"kill -TERM $$", "killed by signal 15 (Terminated)"},
        {"kill -SEGV $$", "killed by signal 11 (Segmentation fault)"},
        {"/nonexistent/program", "exit code 127"},
    }));
    Stage stage;
    stage.shell(row.script);
    CHECK(stage.child->pid() > 0);
    CHECK(stage.wait_exit() == row.expected);
    CHECK(stage.child->ended().is_set());
    // What comes after the end does nothing.
    stage.child->signal_group(SIGTERM);
    stage.child->kill_now();
    stage.loop.run(stage.child->terminate(1s));
    CHECK(describe(*stage.child->exit_status()) == row.expected);
}

TEST_CASE("a program that cannot be started is an error that says why") {
    test::Loop loop;
    const test::TempFolder folder;
    const auto file = folder.write("file", "text").string();
    struct Row {
        std::string program;
        std::string reason;
    };
    for (const auto& row :
         {Row{"/nonexistent/program", "No such file or directory"}, Row{file, "Permission denied"},
          Row{folder.path().string(), "Permission denied"}}) {
        SpawnOptions options;
        options.arguments = {row.program};
        const auto child = ChildProcess::spawn(loop.timers, options);
        REQUIRE_FALSE(child.has_value());
        CHECK(child.error().code == core::ErrorCode::unavailable);
        CHECK(child.error().message == "cannot start " + row.program + ": " + row.reason);
    }
    // Nothing is left of the attempts.
    CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("the report is the first line on its pipe") {
    struct Row {
        const char* script;
        const char* expected;
    };
    const auto row = GENERATE(values<Row>({
        {"echo ready >&3; exec sleep 1000", "ready"},
        {"printf 'one\\ntwo\\n' >&3", "one"},
        {"printf 'in ' >&3; printf 'parts\\n' >&3", "in parts"},
        {"echo >&3; exec sleep 1000", ""},
        {"printf 'no line' >&3", ""},
        {"echo stdout; echo stderr >&2", ""},
        {"head -c 100000 /dev/zero >&3", ""},  // longer than a report may be
    }));
    Stage stage;
    stage.shell(row.script);
    CHECK(stage.report() == row.expected);
    CHECK(stage.report() == row.expected);
}

TEST_CASE("a process that ends without a report is known to have ended") {
    // Also when the last words of its children hold the pipe open.
    Stage stage;
    stage.shell(GENERATE("exit 3", "exec 3>&-; exit 3", "sleep 1000 & exit 3"));
    CHECK(stage.report() == "");
    REQUIRE(stage.child->exit_status());
    CHECK(stage.child->exit_status()->code == 3);
}

TEST_CASE("waiting for the report has a limit, and can be cancelled") {
    Stage stage;
    stage.shell("exec sleep 1000");
    SECTION("limit") {
        CHECK(stage.report(5ms) == "");
    }
    SECTION("cancelled before") {
        core::CancelSource source;
        source.cancel(core::CancelReason::client);
        CHECK(stage.report(60s, source.token()) == "");
    }
    SECTION("cancelled meanwhile") {
        core::CancelSource source;
        core::Timer timer(stage.loop.timers, "test");
        timer.start(1ms, [&] { source.cancel(core::CancelReason::client); });
        CHECK(stage.report(60s, source.token()) == "");
    }
    CHECK_FALSE(stage.child->exit_status());
}

TEST_CASE("the last output is there when the process has ended") {
    Stage stage;
    SECTION("of both streams, in order") {
        stage.shell("echo one; echo two >&2; echo three; exit 1");
        stage.wait_exit();
        CHECK(stage.child->output_tail() == "one\ntwo\nthree\n");
    }
    SECTION("the last lines of much") {
        auto options = Stage::sh("i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done");
        options.output_tail_bytes = 30;
        stage.start(options);
        stage.wait_exit();
        CHECK(stage.child->output_tail() == "line 2998\nline 2999\n");
    }
}

TEST_CASE("the first input is written whole, and the input stays open") {
    Stage stage;
    SECTION("one line") {
        auto options = Stage::sh("read a; echo \"$a\" >&3; read b; echo closed");
        options.first_input = "{\"token\":1}\n";
        stage.start(options);
        CHECK(stage.report() == "{\"token\":1}");
        CHECK_FALSE(stage.child->exit_status());
    }
    SECTION("more than a pipe holds") {
        auto options = Stage::sh("head -c 1000000 | wc -c >&3");
        options.first_input = std::string(1'000'000, 'x');
        stage.start(options);
        CHECK(stage.report() == "1000000");
    }
    SECTION("to a process that does not read it") {
        auto options = Stage::sh("exit 4");
        options.first_input = std::string(1'000'000, 'x');
        stage.start(options);
        CHECK(stage.wait_exit() == "exit code 4");
    }
}

TEST_CASE("the whole group ends with the process") {
    Stage stage;
    SECTION("killed at once") {
        stage.shell("sleep 1000 & echo $! >&3; wait");
        const auto grandchild = stage.reported_pid();
        stage.child->kill_now();
        REQUIRE(stage.child->exit_status());
        CHECK(stage.child->exit_status()->signal == SIGKILL);
        CHECK(stage.child->ended().is_set());
        stage.until_gone(grandchild);
    }
    SECTION("destroyed") {
        stage.shell("sleep 1000 & echo $! >&3; wait");
        const auto grandchild = stage.reported_pid();
        const auto pid = stage.child->pid();
        stage.child.reset();
        CHECK(test::gone(pid));
        stage.until_gone(grandchild);
    }
    SECTION("ended by itself") {
        stage.shell("sleep 1000 & echo $! >&3; exit 0");
        const auto grandchild = stage.reported_pid();
        CHECK(stage.wait_exit() == "exit code 0");
        stage.until_gone(grandchild);
    }
    SECTION("signalled") {
        stage.shell("sh -c 'echo $$ >&3; exec sleep 1000'");
        const auto grandchild = stage.reported_pid();
        stage.child->signal_group(SIGTERM);
        CHECK(stage.wait_exit() == "killed by signal 15 (Terminated)");
        stage.until_gone(grandchild);
    }
}

TEST_CASE("terminate asks, and kills who does not listen") {
    Stage stage;
    SECTION("one that listens") {
        stage.shell("trap 'exit 5' TERM; echo >&3; while :; do sleep 0.01; done");
        CHECK(stage.report() == "");
        stage.loop.run(stage.child->terminate(60s));
        CHECK(describe(*stage.child->exit_status()) == "exit code 5");
    }
    SECTION("one that does not") {
        stage.shell("trap '' TERM; echo >&3; while :; do sleep 1000; done");
        CHECK(stage.report() == "");
        stage.loop.run(stage.child->terminate(5ms));
        CHECK(describe(*stage.child->exit_status()) == "killed by signal 9 (Killed)");
    }
    CHECK(stage.loop.timers.armed().empty());
}

TEST_CASE("the environment is what was asked for, and nothing else") {
    const test::Variable secret("BLENDER_MCPD_TEST_SECRET", "x");
    Stage stage;
    SpawnOptions options;
    options.arguments = {"/usr/bin/env"};
    options.environment = {"A=1", "B=x y"};
    stage.start(options);
    stage.wait_exit();
    CHECK(stage.child->output_tail() == "A=1\nB=x y\n");
}

TEST_CASE("no descriptor is inherited but the report pipe") {
    const int leaky = dup(0);  // without close-on-exec
    Stage stage;
    SpawnOptions options;
    options.arguments = {"/bin/ls", "/proc/self/fd"};
    stage.start(options);
    stage.wait_exit();
    close(leaky);
    CHECK(stage.child->output_tail() == "0\n1\n2\n3\n4\n");  // 4 is the folder that ls reads
}

TEST_CASE("low descriptor numbers of ours do not get mixed up") {
    // As in a daemon that was started with standard input and output closed.
    Stage stage;
    const int saved = dup(0);
    close(0);
    auto options = Stage::sh("read a; echo \"got $a\" >&3; echo out");
    options.first_input = "line\n";
    auto spawned = ChildProcess::spawn(stage.loop.timers, options);
    dup2(saved, 0);
    close(saved);
    REQUIRE(spawned.has_value());
    stage.child = *spawned;
    CHECK(stage.report() == "got line");
    stage.wait_exit();
    CHECK(stage.child->output_tail() == "out\n");
}

TEST_CASE("the address space has a limit when one is given") {
    Stage stage;
    auto options = Stage::sh("ulimit -v >&3");
    SECTION("none") {
        stage.start(options);
        CHECK(stage.report() == "unlimited");
    }
    SECTION("64 MiB") {
        options.address_space_bytes = std::uint64_t{64} << 20;
        stage.start(options);
        CHECK(stage.report() == "65536");
    }
}

TEST_CASE("signals that we block or ignore are not blocked or ignored for the child") {
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    Stage stage;
    stage.shell("kill -TERM $$; sleep 1000");
    const auto how = stage.wait_exit();
    sigprocmask(SIG_SETMASK, &before, nullptr);
    CHECK(how == "killed by signal 15 (Terminated)");

    stage.shell("kill -PIPE $$; sleep 1000");
    CHECK(stage.wait_exit() == "killed by signal 13 (Broken pipe)");
}

TEST_CASE("a parent that made us ignore SIGCHLD does not hide the end of a process") {
    const auto before = std::signal(SIGCHLD, SIG_IGN);
    Stage stage;
    SECTION("that ends by itself") {
        stage.shell("exit 3");
    }
    SECTION("that is killed") {
        stage.shell("exec sleep 1000");
        stage.child->kill_now();
    }
    stage.loop.run(stage.child->ended().wait());
    std::signal(SIGCHLD, before);
    CHECK(stage.child->exit_status());
}

TEST_CASE("the process dies when we do") {
    // A middle process starts one and is killed before it can clean up.
    int report[2];
    REQUIRE(pipe(report) == 0);
    const pid_t middle = fork();
    if (middle == 0) {
        test::Loop loop;
        SpawnOptions options;
        options.arguments = {"/bin/sleep", "1000"};
        const auto child = ChildProcess::spawn(loop.timers, options);
        const auto line = std::to_string(child.has_value() ? (*child)->pid() : 0) + "\n";
        if (write(report[1], line.data(), line.size()) < 0) _exit(1);
        kill(getpid(), SIGKILL);
        _exit(1);
    }
    close(report[1]);
    std::string line;
    char byte = 0;
    while (read(report[0], &byte, 1) == 1 && byte != '\n')
        line += byte;
    close(report[0]);
    REQUIRE(waitpid(middle, nullptr, 0) == middle);
    const auto orphan = static_cast<pid_t>(std::stol(line));
    REQUIRE(orphan > 0);
    Stage().until_gone(orphan);
}

}  // namespace blender_mcpd::blender
