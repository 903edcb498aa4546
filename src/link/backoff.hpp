// Exponential backoff: how long to leave something alone that keeps failing.
#pragma once

#include <blender_mcpd/core/clock.hpp>

#include <algorithm>
#include <chrono>

namespace blender_mcpd::link {

class Backoff {
  public:
    static constexpr std::chrono::seconds first{1};
    static constexpr std::chrono::seconds longest{60};

    [[nodiscard]] bool may_try(core::TimePoint now) const { return now >= not_before_; }

    /// Failures within the pause are of the same round of attempts, and count once.
    void failed(core::TimePoint now) {
        if (!may_try(now)) return;
        not_before_ = now + pause_;
        pause_ = std::min(pause_ * 2, longest);
    }

    void succeeded() { *this = {}; }

  private:
    core::TimePoint not_before_ = core::TimePoint::min();
    std::chrono::seconds pause_ = first;
};

}  // namespace blender_mcpd::link
