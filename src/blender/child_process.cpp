#include "child_process.hpp"

#include "output_ring.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

struct Pipe {
    core::Fd read;
    core::Fd write;
};

core::Error system_error(std::string_view what, int error) {
    return {core::ErrorCode::unavailable, fmt::format("{}: {}", what, std::strerror(error))};
}

// Above the numbers that the child gives to its own descriptors, so that dup2 cannot overwrite one.
constexpr int first_free_fd = ChildProcess::inherited_fd + 1;

core::Result<Pipe> make_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return system_error("cannot make a pipe", errno);
    Pipe pipe{core::Fd(ends[0]), core::Fd(ends[1])};
    for (auto* end : {&pipe.read, &pipe.write}) {
        if (end->get() >= first_free_fd) continue;
        const int moved = fcntl(end->get(), F_DUPFD_CLOEXEC, first_free_fd);
        if (moved < 0) return system_error("cannot make a pipe", errno);
        *end = core::Fd(moved);
    }
    return pipe;
}

/// A copy that dup2 does not overwrite in the child; none of none.
core::Result<core::Fd> out_of_the_way(int fd) {
    if (fd < 0) return core::Fd();
    core::Fd copy(fcntl(fd, F_DUPFD_CLOEXEC, first_free_fd));
    if (copy.get() < 0) return system_error("cannot pass a descriptor on", errno);
    return copy;
}

std::vector<char*> c_strings(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (auto& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

struct ChildSetup {
    char* const* arguments;
    char* const* environment;
    int input;
    int output;
    int report;
    int failure;
    int inherited;  // or -1
    rlim_t address_space;
    pid_t parent;
    int ruleset;  // or -1
    sock_filter* filter;
    std::size_t filter_size;  // or 0
};

// Between fork and exec: only calls that are safe after fork.
[[noreturn]] void become_program(const ChildSetup& setup) {
    const auto fail = [&] {
        const int error = errno;
        const auto written = write(setup.failure, &error, sizeof error);
        _exit(written == sizeof error ? 127 : 126);
    };
    if (setpgid(0, 0) != 0) fail();
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail();
    if (getppid() != setup.parent) _exit(125);  // the parent died before the line above
    if (dup2(setup.input, 0) < 0 || dup2(setup.output, 1) < 0 || dup2(setup.output, 2) < 0 ||
        dup2(setup.report, ChildProcess::report_fd) < 0 ||
        (setup.inherited >= 0 && dup2(setup.inherited, ChildProcess::inherited_fd) < 0))
        fail();
    if (setup.address_space != RLIM_INFINITY) {
        rlimit limit{};
        if (getrlimit(RLIMIT_AS, &limit) != 0) fail();
        limit.rlim_cur = limit.rlim_max == RLIM_INFINITY
                             ? setup.address_space
                             : std::min(limit.rlim_max, setup.address_space);
        if (setrlimit(RLIMIT_AS, &limit) != 0) fail();
    }
    // Whatever a library of ours opened without close-on-exec stays here (Linux 5.11; older ones
    // inherit it).
    constexpr unsigned close_range_cloexec = 4;
    const int first_foreign =
        setup.inherited >= 0 ? ChildProcess::inherited_fd + 1 : ChildProcess::report_fd + 1;
    (void)syscall(SYS_close_range, first_foreign, ~0U, close_range_cloexec);
    // What this process blocks or ignores is none of the child's business.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    (void)signal(SIGPIPE, SIG_DFL);
    if (!confine_self(setup.ruleset, setup.filter, setup.filter_size)) fail();
    execve(setup.arguments[0], setup.arguments, setup.environment);
    fail();
    _exit(126);
}

core::Result<pid_t> fork_and_exec(SpawnOptions& options, const Pipe& input, const Pipe& output,
                                  const Pipe& report) {
    auto failure = make_pipe();
    if (!failure) return failure.error();
    const auto arguments = c_strings(options.arguments);
    const auto environment = c_strings(options.environment);
    auto inherited = out_of_the_way(options.inherited);
    if (!inherited) return inherited.error();
    auto ruleset = out_of_the_way(options.confinement ? options.confinement->ruleset.get() : -1);
    if (!ruleset) return ruleset.error();
    // A copy, as the child writes its number into it.
    auto filter = options.confinement ? options.confinement->filter : Filter();
    const ChildSetup setup{
        arguments.data(),
        environment.data(),
        input.read.get(),
        output.write.get(),
        report.write.get(),
        failure->write.get(),
        inherited->get(),
        options.address_space_bytes == 0 ? RLIM_INFINITY : rlim_t{options.address_space_bytes},
        getpid(),
        ruleset->get(),
        filter.data(),
        filter.size()};
    // Ignored, as a careless parent of ours may have left it, it would hide how a child ended.
    (void)signal(SIGCHLD, SIG_DFL);
    const pid_t child = fork();
    if (child < 0) return system_error("cannot start a process", errno);
    if (child == 0) become_program(setup);

    // The pipe closes by itself when exec succeeds.
    failure->write = core::Fd();
    int error = 0;
    ssize_t got = 0;
    do {
        got = read(failure->read.get(), &error, sizeof error);
    } while (got < 0 && errno == EINTR);
    if (got == 0) return child;
    (void)waitpid(child, nullptr, 0);
    return system_error("cannot start " + options.arguments[0],
                        got == sizeof error ? error : ECHILD);
}

}  // namespace

std::string describe(ExitStatus status) {
    if (status.signal != 0)
        return fmt::format("killed by signal {} ({})", status.signal, strsignal(status.signal));
    return fmt::format("exit code {}", status.code);
}

// Kept alive by the coroutines that watch the process, which end when it does.
struct ChildProcess::Impl {
    Impl(core::Timers& all_timers, const SpawnOptions& options)
        : timers(all_timers),
          process(timers.executor()),
          input(timers.executor()),
          output(timers.executor()),
          report(timers.executor()),
          output_tail(options.output_tail_bytes),
          ended(timers.executor()),
          report_line(timers.executor()) {}

    void reap(int options) {
        if (status) return;
        int raw = 0;
        pid_t reaped = 0;
        do {
            reaped = waitpid(pid, &raw, options);
        } while (reaped < 0 && errno == EINTR);
        if (reaped != pid) return;
        status = WIFSIGNALED(raw) ? ExitStatus{0, WTERMSIG(raw)} : ExitStatus{WEXITSTATUS(raw), 0};
        // Its children, if any, are in its group.
        (void)kill(-pid, SIGKILL);
        (void)drain_output();
        ended.set();
    }

    // Takes what is in the pipe; false when there will be no more. Also called when the process has
    // ended: its last words are the most interesting ones.
    bool drain_output() {
        std::array<char, 4096> chunk;
        constexpr int enough = 64;  // at once, for there are others to serve
        for (int i = 0; i < enough; ++i) {
            boost::system::error_code error;
            const auto size = output.read_some(asio::buffer(chunk), error);
            if (error) return error == asio::error::would_block;
            output_tail.append({chunk.data(), size});
        }
        return true;
    }

    core::Timers& timers;
    pid_t pid = -1;
    asio::posix::stream_descriptor process;  // a pidfd: readable when the process has ended
    asio::posix::stream_descriptor input;
    asio::posix::stream_descriptor output;
    asio::posix::stream_descriptor report;
    OutputRing output_tail;
    std::optional<ExitStatus> status;
    core::Event ended;
    core::Event report_line;
    std::string reported;
};

namespace {

template <typename Impl>
asio::awaitable<void> watch_exit(std::shared_ptr<Impl> impl) {
    while (!impl->status && impl->process.is_open()) {
        const auto [error] =
            co_await impl->process.async_wait(asio::posix::stream_descriptor::wait_read, as_result);
        if (error) co_return;
        impl->reap(WNOHANG);
    }
}

template <typename Impl>
asio::awaitable<void> collect_output(std::shared_ptr<Impl> impl) {
    // Waits and then reads, so that no bytes are on their way while somebody else drains the pipe.
    for (;;) {
        const auto [error] =
            co_await impl->output.async_wait(asio::posix::stream_descriptor::wait_read, as_result);
        if (error || !impl->drain_output()) co_return;
    }
}

template <typename Impl>
asio::awaitable<void> read_report(std::shared_ptr<Impl> impl) {
    constexpr std::size_t longest = 65'536;
    std::array<char, 4096> chunk;
    while (impl->reported.find('\n') == std::string::npos && impl->reported.size() < longest) {
        const auto [error, size] =
            co_await impl->report.async_read_some(asio::buffer(chunk), as_result);
        if (error) break;
        impl->reported.append(chunk.data(), size);
    }
    impl->report.close();
    // The pipe closes a moment before the process is seen to end: whoever waits gets both at once.
    if (impl->reported.find('\n') == std::string::npos) co_await impl->ended.wait();
    impl->report_line.set();
}

// The child must have its first input even when it does not read it at once.
template <typename Impl>
asio::awaitable<void> feed_input(std::shared_ptr<Impl> impl, std::string text) {
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto [error, size] = co_await impl->input.async_write_some(
            asio::buffer(rest.data(), rest.size()), as_result);
        if (error) co_return;
        rest.remove_prefix(size);
    }
}

}  // namespace

core::Result<std::shared_ptr<ChildProcess>> ChildProcess::spawn(core::Timers& timers,
                                                                SpawnOptions options) {
    auto input = make_pipe();
    if (!input) return input.error();
    auto output = make_pipe();
    if (!output) return output.error();
    auto report = make_pipe();
    if (!report) return report.error();

    auto impl = std::make_shared<Impl>(timers, options);
    const auto child = fork_and_exec(options, *input, *output, *report);
    if (!child) return child.error();
    impl->pid = *child;
    std::shared_ptr<ChildProcess> process(new ChildProcess(impl));

    const auto pidfd = static_cast<int>(syscall(SYS_pidfd_open, *child, 0));
    if (pidfd < 0) return system_error("cannot watch the new process", errno);
    impl->process.assign(pidfd);
    impl->input.assign(input->write.release());
    impl->output.assign(output->read.release());
    impl->output.non_blocking(true);
    impl->report.assign(report->read.release());

    const auto& executor = timers.executor();
    asio::co_spawn(executor, watch_exit(impl), asio::detached);
    asio::co_spawn(executor, collect_output(impl), asio::detached);
    asio::co_spawn(executor, read_report(impl), asio::detached);
    asio::co_spawn(executor, feed_input(impl, std::move(options.first_input)), asio::detached);
    return process;
}

ChildProcess::ChildProcess(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

ChildProcess::~ChildProcess() {
    kill_now();
    impl_->process.close();
    impl_->input.close();
    impl_->output.close();
    impl_->report.close();
}

pid_t ChildProcess::pid() const {
    return impl_->pid;
}

std::optional<ExitStatus> ChildProcess::exit_status() const {
    return impl_->status;
}

core::Event& ChildProcess::ended() {
    return impl_->ended;
}

asio::awaitable<std::string> ChildProcess::report(std::chrono::milliseconds limit,
                                                  core::CancelToken cancel) {
    const auto impl = impl_;
    // Set, not cancelled: there is one reader, and late bytes do not matter once it gave up.
    core::Timer deadline(impl->timers, "report of a child process");
    deadline.start(limit, [&] { impl->report_line.set(); });
    co_await impl->report_line.wait(std::move(cancel));
    const auto end = impl->reported.find('\n');
    co_return end == std::string::npos ? std::string() : impl->reported.substr(0, end);
}

asio::awaitable<bool> ChildProcess::ends_within(std::chrono::milliseconds limit) {
    const auto impl = impl_;
    core::CancelSource gave_up;
    core::Timer deadline(impl->timers, "end of a child process");
    deadline.start(limit, [&] { gave_up.cancel(core::CancelReason::shutdown); });
    co_return co_await impl->ended.wait(gave_up.token());
}

std::string ChildProcess::output_tail() const {
    return impl_->output_tail.tail();
}

void ChildProcess::signal_group(int signal) {
    if (!impl_->status) (void)kill(-impl_->pid, signal);
}

void ChildProcess::kill_now() {
    signal_group(SIGKILL);
    impl_->reap(0);
}

asio::awaitable<void> ChildProcess::terminate(std::chrono::milliseconds grace) {
    const auto impl = impl_;
    if (impl->status) co_return;
    signal_group(SIGTERM);
    core::Timer deadline(impl->timers, "grace of a child process");
    deadline.start(grace, [impl] {
        if (!impl->status) (void)kill(-impl->pid, SIGKILL);
    });
    co_await impl->ended.wait();
}

}  // namespace blender_mcpd::blender
