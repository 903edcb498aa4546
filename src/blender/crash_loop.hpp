// Does Blender end again and again? Then it is not started again for a while, and that grows.
// Sans-IO.
#pragma once

#include <blender_mcpd/core/clock.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

namespace blender_mcpd::blender {

class CrashLoop {
  public:
    /// So many deaths within the window are a loop.
    static constexpr std::size_t deaths_to_stop = 3;
    static constexpr std::chrono::minutes window{5};
    /// The first pause; each death that follows within the window doubles it.
    static constexpr std::chrono::seconds first_pause{30};
    static constexpr std::chrono::minutes longest_pause{10};

    void died(core::TimePoint now) {
        forget_old(now);
        deaths_.push_back(now);
        if (!pause_ && deaths_.size() < deaths_to_stop) return;
        pause_ = pause_ ? std::min<core::Duration>(*pause_ * 2, longest_pause) : first_pause;
        until_ = now + *pause_;
    }

    /// How long none may be started yet; nullopt: it may.
    [[nodiscard]] std::optional<core::Duration> pause(core::TimePoint now) const {
        if (until_ > now) return until_ - now;
        return std::nullopt;
    }
    /// Deaths within the window.
    [[nodiscard]] std::size_t deaths(core::TimePoint now) {
        forget_old(now);
        return deaths_.size();
    }

  private:
    void forget_old(core::TimePoint now) {
        // A pause is no time in which one could have died: the window begins before it.
        const auto begin = now - window - pause_.value_or(core::Duration::zero());
        while (!deaths_.empty() && deaths_.front() < begin)
            deaths_.pop_front();
        if (deaths_.empty()) pause_.reset();
    }

    std::deque<core::TimePoint> deaths_;
    std::optional<core::Duration> pause_;  // the last one, while it is remembered
    core::TimePoint until_{};
};

}  // namespace blender_mcpd::blender
