// The client's side of a stdio conversation.
#pragma once

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <support/recording.hpp>
#include <sys/socket.h>
#include <unistd.h>

namespace blender_mcpd::transport {

/// One end of a pipe or socket pair; non-blocking.
class End {
  public:
    End() = default;
    explicit End(int fd) : fd_(fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }
    ~End() { close(); }
    End(const End&) = delete;
    End& operator=(const End&) = delete;

    void reset(int fd) {
        close();
        fd_ = fd;
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    [[nodiscard]] int fd() const { return fd_; }

    /// What is there now, at most `limit` bytes of it.
    std::string read(std::size_t limit = std::size_t{1} << 30) {
        std::string got;
        std::array<char, 65536> chunk;
        while (got.size() < limit) {
            const auto size = ::read(fd_, chunk.data(), std::min(chunk.size(), limit - got.size()));
            if (size <= 0) break;
            got.append(chunk.data(), static_cast<std::size_t>(size));
        }
        if (recording) recording->received(got);
        return got;
    }
    /// How much of it fits now.
    std::size_t write(std::string_view bytes) {
        std::size_t done = 0;
        while (done < bytes.size()) {
            const auto size = ::write(fd_, bytes.data() + done, bytes.size() - done);
            if (size <= 0) break;
            done += static_cast<std::size_t>(size);
        }
        if (recording) recording->sent(bytes.substr(0, done));
        return done;
    }

    /// Of a client of a real server; both ends of one client may share it.
    std::shared_ptr<test::Recording> recording;

  private:
    int fd_ = -1;
};

enum class Kind { pipes, sockets };

/// Makes both channels. The far ends are the server's.
struct Channels {
    explicit Channels(Kind kind) {
        std::signal(SIGPIPE, SIG_IGN);  // as take_over_stdio() does
        int ends[2];
        make(kind, ends);
        far_in = ends[0];
        to_server.reset(ends[1]);
        make(kind, ends);
        from_server.reset(ends[0]);
        far_out = ends[1];
        if (kind == Kind::pipes) fcntl(far_out, F_SETPIPE_SZ, 4096);
    }

    void record() {
        to_server.recording = from_server.recording = std::make_shared<test::Recording>("lines");
    }

    End to_server;
    End from_server;
    int far_in;
    int far_out;

  private:
    static void make(Kind kind, int* ends) {
        const int failed =
            kind == Kind::pipes ? pipe(ends) : socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
        if (failed != 0) throw std::runtime_error("no pipe");
    }
};

}  // namespace blender_mcpd::transport
