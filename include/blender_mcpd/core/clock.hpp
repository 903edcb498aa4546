// Time, injected: the steady clock in the daemon, a manual one in tests.
#pragma once

#include <chrono>

namespace blender_mcpd::core {

using Duration = std::chrono::steady_clock::duration;
using TimePoint = std::chrono::steady_clock::time_point;

/// For people and for JSON.
[[nodiscard]] inline double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual TimePoint now() const = 0;
    /// True when time moves only by ManualClock::advance, so that timers must not wait for the
    /// operating system.
    [[nodiscard]] virtual bool manual() const { return false; }
};

class SteadyClock final : public Clock {
  public:
    [[nodiscard]] TimePoint now() const override { return std::chrono::steady_clock::now(); }
};

/// Stands still until told otherwise. After advance(), Timers::fire_due() runs what became due.
class ManualClock final : public Clock {
  public:
    [[nodiscard]] TimePoint now() const override { return now_; }
    [[nodiscard]] bool manual() const override { return true; }
    void advance(Duration by) { now_ += by; }

  private:
    TimePoint now_{};
};

}  // namespace blender_mcpd::core
