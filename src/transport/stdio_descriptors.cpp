#include <blender_mcpd/transport/stdio.hpp>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::transport {

namespace {

// Descriptors whose status flags we share with other processes, and what the flags were.
struct SharedFlags {
    int fd = -1;
    int flags = 0;
};
SharedFlags shared_flags[2];  // restored by an atexit handler, which can only reach globals

void restore_flags() {
    for (const auto& shared : shared_flags)
        if (shared.fd >= 0) (void)fcntl(shared.fd, F_SETFL, shared.flags);
}

bool open_missing(int fd, int flags) {
    if (fcntl(fd, F_GETFD) >= 0) return true;
    const int opened = open("/dev/null", flags);
    if (opened < 0) return false;
    if (opened == fd) return true;
    const bool moved = dup2(opened, fd) == fd;
    close(opened);
    return moved;
}

// O_NONBLOCK belongs to the open file description, which a pipe or terminal shares with our parent.
// Opening it anew gives a description of our own. Sockets cannot be opened (and share nothing but
// with whoever has our end).
int private_copy(int fd, int access, SharedFlags& shared) {
    struct stat info {};
    if (fstat(fd, &info) == 0 && (S_ISFIFO(info.st_mode) || isatty(fd) == 1)) {
        const auto path = "/proc/self/fd/" + std::to_string(fd);
        const int opened = open(path.c_str(), access | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
        if (opened >= 0) return opened;
    }
    const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    // A second copy, because the first will have been closed when the flags are put back.
    if (copy >= 0) shared = {fcntl(fd, F_DUPFD_CLOEXEC, 3), fcntl(fd, F_GETFL)};
    return copy;
}

}  // namespace

core::Result<StdioDescriptors> take_over_stdio() {
    const auto failed = [](const char* what) {
        return core::Error{core::ErrorCode::internal,
                           std::string(what) + ": " + std::strerror(errno)};
    };
    if (!open_missing(0, O_RDONLY) || !open_missing(1, O_WRONLY) || !open_missing(2, O_WRONLY))
        return failed("cannot open /dev/null");
    if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) return failed("cannot ignore SIGPIPE");

    StdioDescriptors descriptors;
    struct stat info {};
    descriptors.input_is_file = fstat(0, &info) == 0 && S_ISREG(info.st_mode);
    descriptors.in = private_copy(0, O_RDONLY, shared_flags[0]);
    descriptors.out = private_copy(1, O_WRONLY, shared_flags[1]);
    if (descriptors.in < 0 || descriptors.out < 0)
        return failed("cannot copy standard input and output");
    if (std::atexit(restore_flags) != 0) return failed("cannot register an exit handler");
    if (dup2(2, 1) < 0) return failed("cannot guard standard output");
    return descriptors;
}

}  // namespace blender_mcpd::transport
