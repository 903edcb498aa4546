#include "audit_log.hpp"

#include "audit_line.hpp"

#include <blender_mcpd/core/text.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <utility>

#include <signal.h>

namespace blender_mcpd::app {

namespace asio = boost::asio;

namespace {

constexpr std::size_t call_id_bytes = 8;

std::size_t size_of(const AuditedCall& call) {
    auto size = sizeof(AuditedCall) + call.arguments->size() + call.tool.size();
    if (call.end && call.end->result)
        size += call.end->result->structured.size() + call.end->result->text.size();
    return size;
}

/// A file that grows beyond the limit of the process is an error, not the end of it.
void block_signals() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

asio::awaitable<void> nothing() {
    co_return;
}

}  // namespace

/// The thread that writes, and what waits for it. Shared with the records and the jobs.
class AuditLog::Writer : public std::enable_shared_from_this<Writer> {
  public:
    Writer(core::Metrics& metrics, std::unique_ptr<AuditSink> sink, AuditQueueLimits limits)
        : limits_(limits), metrics_(&metrics), sink_(std::move(sink)) {
        metrics.declare(audit_lines_lost);
    }

    // Loop thread.

    [[nodiscard]] const AuditOptions& options() const { return options_; }

    void configure(const AuditOptions& options) {
        options_ = options;
        // The thread comes with the first need of it.
        if (options.path.empty() && !thread_) return;
        if (!thread_) {
            thread_ = std::make_unique<asio::thread_pool>(1);
            asio::post(*thread_, block_signals);
        }
        told_ = false;
        asio::post(*thread_, [self = shared_from_this(), options] {
            if (auto opened = self->sink_->open(options); !opened) self->tell(opened.error());
        });
    }

    void add(AuditedCall call) {
        if (closed_ || options_.path.empty()) return;
        const auto size = size_of(call);
        if (lines_ >= limits_.lines || bytes_ + size > limits_.bytes) {
            lose();
            const core::Error full{core::ErrorCode::busy,
                                   "the audit log is not written as fast as calls come",
                                   "Look at the disk that it is on"};
            return tell(full);
        }
        ++lines_;
        bytes_ += size;
        asio::post(*thread_,
                   [self = shared_from_this(), call = std::move(call), size, options = options_] {
                       self->write(audit_line(call, options));
                       --self->lines_;
                       self->bytes_ -= size;
                   });
    }

    void close() { closed_ = true; }

    asio::awaitable<void> drained() {
        if (!thread_) co_return;
        auto job = nothing();
        co_await asio::co_spawn(thread_->get_executor(), std::move(job), asio::use_awaitable);
    }

    void end() {
        if (thread_) thread_->join();
        thread_.reset();
    }

    /// A disk that does not answer must not keep the process: the thread goes with that.
    void abandon() {
        const std::scoped_lock lock(metrics_mutex_);
        metrics_ = nullptr;
        (void)thread_.release();
    }

  private:
    // The thread.

    void write(const std::string& line) {
        const auto missing = lost_.exchange(0);
        if (missing > 0 && !sink_->append(lost_line(missing, std::chrono::system_clock::now())))
            lost_ += missing;
        if (const auto written = sink_->append(line); !written) {
            lose();
            return tell(written.error());
        }
        count(audit_lines);
        if (told_.exchange(false))
            spdlog::info("the audit log is written again; what is missing is told in it");
    }

    // Both.

    void lose() {
        ++lost_;
        count(audit_lines_lost);
    }

    void count(const core::Metric& metric) {
        const std::scoped_lock lock(metrics_mutex_);
        if (metrics_ != nullptr) metrics_->add(metric);
    }

    /// Once, until it is well again.
    void tell(const core::Error& error) {
        if (!told_.exchange(true))
            spdlog::error("calls are not recorded: {}", core::describe(error));
    }

    const AuditQueueLimits limits_;
    AuditOptions options_;
    bool closed_ = false;
    std::atomic<std::size_t> lines_ = 0;  // that wait
    std::atomic<std::size_t> bytes_ = 0;
    std::atomic<std::uint64_t> lost_ = 0;  // and not told in the file
    std::atomic<bool> told_ = false;
    std::mutex metrics_mutex_;
    core::Metrics* metrics_;
    std::unique_ptr<AuditSink> sink_;
    std::unique_ptr<asio::thread_pool> thread_;
};

class AuditLog::Record final : public mcp::CallRecord {
  public:
    Record(std::shared_ptr<Writer> writer, const core::Clock& clock, AuditedCall call)
        : writer_(std::move(writer)), clock_(clock), began_(clock.now()), call_(std::move(call)) {
        // One that only reads leaves nothing behind, if nobody sees its end.
        if (!call_.read_only) writer_->add(call_);
    }
    ~Record() override {
        if (!call_.end) end_at(began_, {.outcome = mcp::CallOutcome::unanswered});
    }
    Record(const Record&) = delete;
    Record& operator=(const Record&) = delete;

    void note(std::string_view name, core::Json value) override {
        call_.notes[std::string(name)] = std::move(value);
    }
    void end(mcp::CallEnd end) override {
        if (!call_.end) end_at(clock_.now(), std::move(end));
    }
    [[nodiscard]] bool wants_content() const override { return wants_content_; }

  private:
    void end_at(core::TimePoint now, mcp::CallEnd end) {
        call_.duration_ms = std::chrono::duration<double, std::milli>(now - began_).count();
        call_.end = std::move(end);
        writer_->add(call_);
    }

    std::shared_ptr<Writer> writer_;
    const core::Clock& clock_;
    const core::TimePoint began_;
    const bool wants_content_ = writer_->options().results == AuditResults::full;
    AuditedCall call_;
};

AuditLog::AuditLog(const core::Clock& clock, core::Metrics& metrics,
                   std::unique_ptr<AuditSink> sink, AuditQueueLimits limits)
    : clock_(clock),
      writer_(std::make_shared<Writer>(metrics, std::move(sink), limits)),
      process_(core::random_hex(call_id_bytes)) {}

AuditLog::~AuditLog() {
    writer_->close();
    finishing_ && !finished_ ? writer_->abandon() : writer_->end();
}

void AuditLog::configure(const AuditOptions& options) {
    writer_->configure(options);
}

bool AuditLog::on() const {
    return !writer_->options().path.empty();
}

std::shared_ptr<mcp::CallRecord> AuditLog::begin(const mcp::CallStart& start) {
    AuditedCall call{fmt::format("{}-{}", process_, ++calls_),
                     std::chrono::system_clock::now(),
                     std::string(start.client),
                     std::string(start.client_info),
                     std::string(start.transport),
                     std::string(start.revision.version),
                     std::string(start.request_id),
                     std::string(start.tool),
                     start.arguments,
                     start.read_only};
    return std::make_shared<Record>(writer_, clock_, std::move(call));
}

asio::awaitable<void> AuditLog::written() {
    return writer_->drained();
}

asio::awaitable<void> AuditLog::finish() {
    finishing_ = true;
    co_await writer_->drained();
    writer_->close();
    finished_ = true;
}

}  // namespace blender_mcpd::app
