// Every timer of the daemon is a core::Timer and known to one registry, so that none can be
// forgotten at shutdown. All of it belongs to the loop thread.
#pragma once

#include <blender_mcpd/core/clock.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace blender_mcpd::core {

/// The registry. Must outlive its timers.
class Timers {
  public:
    Timers(boost::asio::any_io_executor executor, const Clock& clock);
    ~Timers();
    Timers(const Timers&) = delete;
    Timers& operator=(const Timers&) = delete;

    [[nodiscard]] TimePoint now() const { return clock_.now(); }
    [[nodiscard]] const boost::asio::any_io_executor& executor() const { return executor_; }

    /// Names of the timers that are waiting, for the log.
    [[nodiscard]] std::vector<std::string> armed() const;

    /// Disarms every timer, and makes start() do nothing from now on. For the end of shutdown.
    /// Returns how many were still waiting: the value of the metric memory.timers.leaked.
    std::size_t close();

    /// With a manual clock: runs what is due by now, earliest first.
    void fire_due();

  private:
    friend class Timer;
    struct Entry;

    boost::asio::any_io_executor executor_;
    const Clock& clock_;
    std::vector<Entry*> entries_;  // the armed ones
    bool closed_ = false;
};

/// One callback at one time. Destruction and cancel() disarm it: the callback cannot run
/// afterwards.
class Timer {
  public:
    Timer(Timers& timers, std::string name);
    ~Timer();
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    /// (Re)starts it. `on_expiry` runs once on the loop thread and may restart, cancel or destroy
    /// this timer.
    void start(Duration after, std::function<void()> on_expiry);
    /// Moves the time of an armed timer, keeping its callback; does nothing when disarmed. Cheap:
    /// no system call.
    void extend(Duration after);
    void cancel();
    [[nodiscard]] bool armed() const;

  private:
    std::shared_ptr<Timers::Entry> entry_;
};

}  // namespace blender_mcpd::core
