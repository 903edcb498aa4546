// The log's sink and formatter. spdlog's own sinks write through stdio, which blocks when nobody
// reads, and loses the rest of a line when the descriptor does not block.
#include <blender_mcpd/app/logging.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/utc_time.hpp>

#include <climits>
#include <fmt/format.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::app {
namespace {

std::string_view name_of(spdlog::level::level_enum level) {
    if (level == spdlog::level::warn)
        return "warn";  // as in the configuration; spdlog says "warning"
    const auto name = spdlog::level::to_string_view(level);
    return {name.data(), name.size()};
}

/// What the journal takes from the beginning of a line: see sd-daemon(3).
std::string_view journal_priority(spdlog::level::level_enum level) {
    switch (level) {
        case spdlog::level::critical:
        case spdlog::level::err:
            return "<3>";
        case spdlog::level::warn:
            return "<4>";
        case spdlog::level::info:
            return "<6>";
        default:
            return "<7>";
    }
}

/// For people, yet safe to read: whoever chose the text can neither forge a record, as continuation
/// lines are indented, nor send escape sequences to the terminal.
void append_readable(std::string& out, std::string_view text, std::string_view before_line) {
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        if (byte == '\n') {
            out += '\n';
            out += before_line;
            out += "    ";
        } else if ((code < 0x20 && byte != '\t') || code == 0x7F) {
            out += fmt::format("\\x{:02x}", code);
        } else {
            out += byte;
        }
    }
}

class RecordFormatter final : public spdlog::formatter {
  public:
    RecordFormatter(LogFormat format, bool to_journal) : format_(format), to_journal_(to_journal) {}

    void format(const spdlog::details::log_msg& record, spdlog::memory_buf_t& out) override {
        const std::string_view message(record.payload.data(), record.payload.size());
        // The journal notes the time by itself.
        const auto priority = to_journal_ ? journal_priority(record.level) : std::string_view();
        std::string line(priority);
        if (format_ == LogFormat::json) {
            line += fmt::format(R"({{"time":"{}","level":"{}","message":)",
                                core::utc_time(record.time), name_of(record.level));
            core::append_quoted(line, message);
            line += '}';
        } else {
            if (!to_journal_)
                line +=
                    fmt::format("{} {:<5} ", core::utc_time(record.time), name_of(record.level));
            append_readable(line, message, priority);
        }
        line += '\n';
        out.append(line.data(), line.data() + line.size());
    }

    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<RecordFormatter>(format_, to_journal_);
    }

  private:
    LogFormat format_;
    bool to_journal_;
};

/// Owns a descriptor and writes whole records to it, waiting at most `patience` for somebody to
/// read. After that it drops records without waiting, until one is taken again.
class DescriptorSink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    /// -1: everything is dropped.
    explicit DescriptorSink(int descriptor) : descriptor_(descriptor) {}
    ~DescriptorSink() override {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    DescriptorSink(const DescriptorSink&) = delete;
    DescriptorSink& operator=(const DescriptorSink&) = delete;

    /// Goes on with another descriptor and formatter; no record is lost or torn between them.
    void replace(int descriptor, std::unique_ptr<spdlog::formatter> formatter) {
        const std::scoped_lock lock(mutex_);
        if (cut_) (void)write("\n", 1);
        if (descriptor_ >= 0) ::close(descriptor_);
        descriptor_ = descriptor;
        formatter_ = std::move(formatter);
        is_socket_ = true;
        stuck_ = cut_ = false;
        dropped_ = 0;
    }

  protected:
    void sink_it_(const spdlog::details::log_msg& record) override {
        if (descriptor_ < 0) return;
        spdlog::memory_buf_t text;
        if (cut_) text.push_back('\n');  // ends the line of the record that was cut
        if (dropped_ > 0) append_notice(text);
        formatter_->format(record, text);

        const auto written = write(text.data(), text.size());
        if (written == text.size()) {
            dropped_ = 0;
            cut_ = false;
        } else {
            ++dropped_;
            cut_ = cut_ || written > 0;
        }
    }

    void flush_() override {}  // nothing is buffered

  private:
    static constexpr std::chrono::milliseconds patience{100};

    void append_notice(spdlog::memory_buf_t& text) {
        const auto notice = fmt::format("{} log records were lost, as nobody took them", dropped_);
        formatter_->format({"", spdlog::level::warn, notice}, text);
    }

    /// How many bytes were taken.
    std::size_t write(const char* data, std::size_t size) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        std::size_t done = 0;
        while (done < size) {
            const auto count = write_some(data + done, size - done);
            if (count > 0) {
                done += static_cast<std::size_t>(count);
            } else if (count == 0 || errno == EAGAIN || errno == EWOULDBLOCK) {
                const bool hopeless = stuck_ && done == 0;
                if (hopeless || !wait_until_writable(deadline)) break;
            } else if (errno != EINTR) {
                break;
            }
        }
        stuck_ = done < size;
        return done;
    }

    /// Does not block, whatever the mode of the descriptor (which we share with others and must not
    /// change).
    ssize_t write_some(const char* data, std::size_t size) {
        if (is_socket_) {
            const auto count = ::send(descriptor_, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (count >= 0 || errno != ENOTSOCK) return count;
            is_socket_ = false;
        }
        // A pipe that polls as writable takes PIPE_BUF bytes at once.
        if (!poll_writable(0)) {
            errno = EAGAIN;
            return -1;
        }
        return ::write(descriptor_, data, std::min<std::size_t>(size, PIPE_BUF));
    }

    bool wait_until_writable(std::chrono::steady_clock::time_point deadline) {
        using namespace std::chrono;
        const auto left = ceil<milliseconds>(deadline - steady_clock::now());
        return left.count() > 0 && poll_writable(static_cast<int>(left.count()));
    }

    bool poll_writable(int timeout_ms) {
        pollfd request{.fd = descriptor_, .events = POLLOUT, .revents = 0};
        return ::poll(&request, 1, timeout_ms) > 0;  // an error counts: the write will tell
    }

    int descriptor_;
    bool is_socket_ = true;  // until a send tells otherwise
    bool stuck_ = false;     // the last record was not taken
    bool cut_ = false;       // the last bytes taken are the beginning of a record
    std::size_t dropped_ = 0;
};

/// Whether standard error goes to systemd's journal: see JOURNAL_STREAM in systemd.exec(5).
bool is_journal(int descriptor) {
    const char* const stream = std::getenv("JOURNAL_STREAM");
    struct stat ours {};
    if (stream == nullptr || ::fstat(descriptor, &ours) != 0) return false;
    return fmt::format("{}:{}", ours.st_dev, ours.st_ino) == stream;
}

/// The same open file, terminal, pipe or socket; /dev/null does not count.
bool is_standard_output(int descriptor) {
    struct stat ours {};
    struct stat output {};
    struct stat null {};
    if (::fstat(descriptor, &ours) != 0 || ::fstat(STDOUT_FILENO, &output) != 0) return false;
    const auto same = [](const struct stat& one, const struct stat& other) {
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
    };
    return same(ours, output) && !(::stat("/dev/null", &null) == 0 && same(ours, null));
}

core::Result<int> open_file(const std::string& file) {
    // Without O_NONBLOCK, opening a FIFO that nobody reads would wait for ever.
    const int descriptor = ::open(
        file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
    if (descriptor < 0) {
        const auto code = errno == ENOENT ? core::ErrorCode::not_found : core::ErrorCode::invalid;
        return core::Error{
            code, fmt::format("the log file {} cannot be opened: {}", file, std::strerror(errno)),
            "Set log.file to a file in an existing folder that may be written"};
    }
    if (is_standard_output(descriptor)) {
        ::close(descriptor);
        return core::Error{
            core::ErrorCode::invalid,
            fmt::format("the log file {} is the standard output, which belongs to the "
                        "protocol",
                        file),
            "Leave log.file empty to log to standard error"};
    }
    return descriptor;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::trace:
            return spdlog::level::trace;
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warn:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
        case LogLevel::off:
            break;
    }
    return spdlog::level::off;
}

/// A record that cannot be formatted must not be lost silently, and must not throw.
void report_failure(spdlog::sinks::sink& sink, const std::string& failure) noexcept {
    try {
        const auto message = fmt::format("a log record could not be written: {}", failure);
        sink.log({"", spdlog::level::err, message});
    } catch (const std::exception&) {
        // Out of memory while logging: the daemon is more important than this line.
    }
}

}  // namespace

core::Result<void> setup_logging(LogLevel level, LogFormat format, const std::string& file) {
    // A descriptor of our own: should 2 be closed and its number be used again, no log goes there.
    // It fails when stderr is closed; there is nowhere to log to then, and that is no reason not to
    // start.
    int descriptor = -1;
    if (file.empty()) {
        descriptor = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    } else {
        const auto opened = open_file(file);
        if (!opened) return opened.error();
        descriptor = *opened;
    }
    std::signal(SIGPIPE, SIG_IGN);
    auto formatter =
        std::make_unique<RecordFormatter>(format, file.empty() && is_journal(descriptor));

    // Other threads may be logging: once there is a log of ours, it is changed, not replaced.
    const auto current = spdlog::default_logger();
    if (current && current->sinks().size() == 1) {
        if (const auto ours = std::dynamic_pointer_cast<DescriptorSink>(current->sinks().front())) {
            ours->replace(descriptor, std::move(formatter));
            current->set_level(to_spdlog(level));
            return {};
        }
    }

    const auto sink = std::make_shared<DescriptorSink>(descriptor);
    sink->set_formatter(std::move(formatter));
    auto logger = std::make_shared<spdlog::logger>("blender-mcpd", sink);
    logger->set_level(to_spdlog(level));
    logger->set_error_handler(
        [sink](const std::string& failure) { report_failure(*sink, failure); });
    spdlog::set_default_logger(std::move(logger));
    return {};
}

}  // namespace blender_mcpd::app
