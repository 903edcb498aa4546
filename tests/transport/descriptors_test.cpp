// What take_over_stdio() does to a process, for every kind of descriptor: in a child process, for
// it can be done once.
#include "pipes.hpp"

#include <blender_mcpd/transport/stdio.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include <fcntl.h>
#include <support/catch.hpp>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace blender_mcpd::transport {

namespace {

enum class Thing { closed, pipe, socket, file, null, terminal };

std::string to_string(Thing thing) {
    switch (thing) {
        case Thing::closed:
            return "closed";
        case Thing::pipe:
            return "pipe";
        case Thing::socket:
            return "socket";
        case Thing::file:
            return "file";
        case Thing::null:
            return "null";
        case Thing::terminal:
            break;
    }
    return "terminal";
}

/// `ours` is the end of a conversation that the test keeps, `theirs` what the child gets.
struct Made {
    int ours = -1;
    int theirs = -1;
    ~Made() {
        if (ours >= 0) close(ours);
        if (theirs >= 0) close(theirs);
    }
};

int open_terminal(int& ours) {
    ours = posix_openpt(O_RDWR | O_NOCTTY);
    REQUIRE(grantpt(ours) == 0);
    REQUIRE(unlockpt(ours) == 0);
    return open(ptsname(ours), O_RDWR | O_NOCTTY);
}

void make(Thing thing, bool for_input, Made& made) {
    int ends[2] = {-1, -1};
    switch (thing) {
        case Thing::closed:
            return;
        case Thing::pipe:
            REQUIRE(pipe(ends) == 0);
            made.ours = ends[for_input ? 1 : 0];
            made.theirs = ends[for_input ? 0 : 1];
            return;
        case Thing::socket:
            REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
            made.ours = ends[0];
            made.theirs = ends[1];
            return;
        case Thing::file: {
            char name[] = "/tmp/blender-mcpd-test-XXXXXX";
            made.theirs = mkstemp(name);
            unlink(name);
            made.ours = dup(made.theirs);
            return;
        }
        case Thing::null:
            made.theirs = open("/dev/null", O_RDWR);
            return;
        case Thing::terminal:
            made.theirs = open_terminal(made.ours);
            return;
    }
}

void put(int fd, const Made& made) {
    if (made.theirs < 0)
        close(fd);
    else
        dup2(made.theirs, fd);
}

bool same_file(int left, int right) {
    struct stat a {};
    struct stat b {};
    return fstat(left, &a) == 0 && fstat(right, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

bool private_descriptor(int fd) {
    return fd > 2 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0;
}

/// What asio does to a descriptor before it reads or writes.
void make_nonblocking(int fd) {
    int on = 1;
    (void)ioctl(fd, FIONBIO, &on);
}

/// The number of the first thing that is wrong, 0 when nothing is.
int inspect(Thing input) {
    const auto taken = take_over_stdio();
    if (!taken.has_value()) return 1;
    if (!private_descriptor(taken->in) || !private_descriptor(taken->out)) return 2;
    for (const int fd : {0, 1, 2})
        if (fcntl(fd, F_GETFD) < 0) return 3;
    if (!same_file(1, 2)) return 4;
    if (std::signal(SIGPIPE, SIG_IGN) != SIG_IGN) return 5;
    if (taken->input_is_file != (input == Thing::file)) return 6;
    make_nonblocking(taken->in);
    make_nonblocking(taken->out);
    if (input == Thing::closed || input == Thing::null) {
        char byte = 0;
        if (read(taken->in, &byte, 1) != 0) return 7;
    }
    if (write(taken->out, "answer\n", 7) != 7) return 8;
    // Printing must go wherever the log goes, never into the conversation.
    if (write(1, "stray\n", 6) != 6) return 9;
    return 0;
}

int run_child(const std::function<int()>& body) {
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) std::exit(body());  // not _exit: exit handlers are part of the promise
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

bool blocking(int fd) {
    return (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

}  // namespace

TEST_CASE("standard input and output of every kind are taken over") {
    const auto things = {Thing::closed, Thing::pipe, Thing::socket,
                         Thing::file,   Thing::null, Thing::terminal};
    for (const auto input : things) {
        for (const auto output : things) {
            INFO("input " << to_string(input) << ", output " << to_string(output));
            Made in;
            Made out;
            Made log;
            make(input, true, in);
            make(output, false, out);
            make(Thing::pipe, false, log);
            const int wrong = run_child([&] {
                put(0, in);
                put(1, out);
                put(2, log);
                return inspect(input);
            });
            CHECK(wrong == 0);

            // The conversation got the answer and nothing else.
            if (out.ours >= 0) {
                if (output == Thing::file) lseek(out.ours, 0, SEEK_SET);
                End reader(dup(out.ours));
                auto got = reader.read();
                std::erase(got, '\r');
                CHECK(got == "answer\n");
                fcntl(out.ours, F_SETFL, fcntl(out.ours, F_GETFL) & ~O_NONBLOCK);
            }
            End logged(dup(log.ours));
            CHECK(logged.read() == "stray\n");

            // What we share with the child is as it was.
            if (in.theirs >= 0) CHECK(blocking(in.theirs));
            if (out.theirs >= 0) CHECK(blocking(out.theirs));
        }
    }
}

TEST_CASE("a pipe stays blocking for others even while the process lives") {
    Made in;
    Made out;
    make(Thing::pipe, true, in);
    make(Thing::pipe, false, out);
    const int wrong = run_child([&] {
        const int in_before = dup(in.theirs);
        const int out_before = dup(out.theirs);
        put(0, in);
        put(1, out);
        const auto taken = take_over_stdio();
        if (!taken.has_value()) return 1;
        make_nonblocking(taken->in);
        make_nonblocking(taken->out);
        if (!blocking(in_before) || !blocking(out_before)) return 2;
        return blocking(taken->in) || blocking(taken->out) ? 3 : 0;
    });
    CHECK(wrong == 0);
}

TEST_CASE("all three standard descriptors may be closed") {
    const int wrong = run_child([] {
        for (const int fd : {0, 1, 2})
            close(fd);
        const auto taken = take_over_stdio();
        if (!taken.has_value()) return 1;
        for (const int fd : {0, 1, 2})
            if (fcntl(fd, F_GETFD) < 0) return 2;
        return private_descriptor(taken->in) && private_descriptor(taken->out) ? 0 : 3;
    });
    CHECK(wrong == 0);
}

}  // namespace blender_mcpd::transport
