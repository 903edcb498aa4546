// The log as a test sees it: descriptors that it may close and redirect, and what a record says.
#pragma once

#include "temp_folder.hpp"

#include <blender_mcpd/app/logging.hpp>
#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <support/catch.hpp>
#include <sys/socket.h>
#include <unistd.h>

namespace blender_mcpd::test {

using app::LogFormat;
using app::LogLevel;

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

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

/// The message of a line in JSON format; the line must be right in every other way.
inline std::string message_of(const std::string& line) {
    INFO(line);
    const auto json = core::parse_json(line);
    REQUIRE(json.has_value());
    CHECK(json->size() == 3);
    CHECK(line.starts_with("{\"time\":\""));
    CHECK(json->at("level").is_string());
    return json->at("message").get<std::string>();
}

/// "2025-01-31T12:00:00.123Z": digits where digits belong.
inline bool is_utc_time(const std::string& text) {
    const std::string form = "dddd-dd-ddTdd:dd:dd.dddZ";
    return std::ranges::equal(text, form, [](char byte, char wanted) {
        return wanted == 'd' ? byte >= '0' && byte <= '9' : byte == wanted;
    });
}

inline void set_up(LogLevel level, LogFormat format, const std::string& file = "") {
    const auto result = app::setup_logging(level, format, file);
    if (result.has_error()) FAIL(result.error().message);
}

}  // namespace blender_mcpd::test
