// How long a connection is in use, from what was seen: tells who is refused when to come again.
#pragma once

#include <blender_mcpd/core/clock.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>

namespace blender_mcpd::link {

class ServiceTime {
  public:
    /// Taken for one use while none has ended.
    static constexpr std::chrono::seconds unknown{5};
    static constexpr std::chrono::seconds shortest{1};
    static constexpr std::chrono::seconds longest{60};

    /// A use of that length has ended. The mean forgets: each counts for an eighth.
    void ended(core::Duration length) { mean_ = mean_ ? *mean_ + (length - *mean_) / 8 : length; }

    /// Whole seconds until `waiting` uses have ended, `at_once` at a time, when one has lasted for
    /// `current` already: shortest..longest, rounded up.
    [[nodiscard]] std::chrono::seconds until_served(std::size_t waiting, std::size_t at_once,
                                                    core::Duration current) const {
        using Seconds = std::chrono::duration<double>;
        const Seconds one = std::max(mean_.value_or(unknown), current);
        const auto rounds = static_cast<double>(waiting) / static_cast<double>(at_once);
        const auto all = std::clamp<Seconds>(one * rounds, shortest, longest);
        return std::chrono::ceil<std::chrono::seconds>(all);
    }

  private:
    std::optional<core::Duration> mean_;
};

}  // namespace blender_mcpd::link
