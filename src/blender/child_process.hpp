// One child process with everything that must end with it. Loop thread only.
#pragma once

#include "confinement.hpp"

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace blender_mcpd::blender {

struct SpawnOptions {
    std::vector<std::string> arguments;     // [0] is the program, with its path
    std::vector<std::string> environment;   // NAME=value, all of it
    std::uint64_t address_space_bytes = 0;  // RLIMIT_AS; 0: no limit
    std::string first_input;  // written to its standard input, which then stays open until we end
    std::size_t output_tail_bytes = 16'384;
    std::shared_ptr<const Confinement> confinement{};  // null: none
    int inherited = -1;  // which the child gets as inherited_fd; stays the caller's
};

/// How a process ended.
struct ExitStatus {
    int code = 0;    // exit code, when signal is 0
    int signal = 0;  // the signal that killed it
};
/// "exit code 1", "killed by signal 9 (Killed)".
[[nodiscard]] std::string describe(ExitStatus status);

/// The child leads a process group of its own, gets SIGKILL when we die (PR_SET_PDEATHSIG), sees
/// end of input on its standard input when we die, and inherits no other descriptor but one pipe
/// for its report, and the one that SpawnOptions names.
class ChildProcess {
  public:
    [[nodiscard]] static core::Result<std::shared_ptr<ChildProcess>> spawn(core::Timers& timers,
                                                                           SpawnOptions options);

    /// The descriptor number at which the child finds the writing end of the report pipe.
    static constexpr int report_fd = 3;
    static constexpr int inherited_fd = 4;

    /// Kills the whole group at once and reaps the child.
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    [[nodiscard]] pid_t pid() const;
    /// Set once it ended and is reaped.
    [[nodiscard]] std::optional<ExitStatus> exit_status() const;
    /// Set at the same moment.
    [[nodiscard]] core::Event& ended();

    /// True when it ended within the limit. A closed connection or pipe is often seen a moment
    /// before the end.
    boost::asio::awaitable<bool> ends_within(std::chrono::milliseconds limit);

    /// The first line that it writes to the report pipe; empty when it ends or `limit` passes
    /// before.
    boost::asio::awaitable<std::string> report(std::chrono::milliseconds limit,
                                               core::CancelToken cancel);

    /// The last bytes of its standard output and error together.
    [[nodiscard]] std::string output_tail() const;

    void signal_group(int signal);
    /// SIGKILL to the group; reaped before it returns.
    void kill_now();
    /// SIGTERM to the group, SIGKILL after `grace`; returns when it is reaped.
    boost::asio::awaitable<void> terminate(std::chrono::milliseconds grace);

  private:
    struct Impl;
    explicit ChildProcess(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> impl_;
};

}  // namespace blender_mcpd::blender
