// A token bucket in whole numbers: no rounding, so that its bound and its waiting times are exact.
#pragma once

#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/guard/rate_limiter.hpp>

#include <cstdint>

namespace blender_mcpd::guard {

/// later - earlier, saturated instead of overflowing.
[[nodiscard]] core::Duration elapsed(core::TimePoint earlier, core::TimePoint later);

/// Cut to what the bucket can count. Zero in either member means that every call is denied.
[[nodiscard]] Rate normalised(Rate rate);
[[nodiscard]] bool denies(Rate rate);

/// Starts full. Time that runs backwards adds nothing. Needs a normalised rate that denies() not.
class TokenBucket {
  public:
    TokenBucket(Rate rate, core::TimePoint now);

    /// Takes a token if there is one.
    [[nodiscard]] bool take(core::TimePoint now);
    /// The shortest time after which take() succeeds.
    [[nodiscard]] core::Duration until_token(core::TimePoint now) const;
    /// The shortest time after which full() is true.
    [[nodiscard]] core::Duration until_full(core::TimePoint now) const;
    [[nodiscard]] bool full(core::TimePoint now) const;
    /// Since the last token was taken.
    [[nodiscard]] core::Duration idle(core::TimePoint now) const { return elapsed(used_, now); }

    /// What was gained until now stays gained at the old rate.
    void change_rate(Rate rate, core::TimePoint now);

  private:
    [[nodiscard]] std::int64_t level(core::TimePoint now) const;
    [[nodiscard]] core::Duration until(std::int64_t level, core::TimePoint now) const;
    [[nodiscard]] std::int64_t capacity() const;
    void settle(core::TimePoint now);

    Rate rate_;
    std::int64_t level_;  // at `settled_`; a token is `token` of it, a nanosecond adds per_minute
    core::TimePoint settled_;  // never moves backwards
    core::TimePoint used_;
};

}  // namespace blender_mcpd::guard
