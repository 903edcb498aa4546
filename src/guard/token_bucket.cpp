#include "token_bucket.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <type_traits>

namespace blender_mcpd::guard {

namespace {

using std::chrono::nanoseconds;
static_assert(std::is_same_v<core::Duration, nanoseconds>);

constexpr std::int64_t token = nanoseconds(std::chrono::minutes(1)).count();
static_assert(max_rate <= std::numeric_limits<std::int64_t>::max() / token);

constexpr std::int64_t divide_up(std::int64_t dividend, std::int64_t divisor) {
    return (dividend + divisor - 1) / divisor;
}

}  // namespace

core::Duration elapsed(core::TimePoint earlier, core::TimePoint later) {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(later.time_since_epoch().count(), earlier.time_since_epoch().count(),
                               &difference))
        return later > earlier ? core::Duration::max() : core::Duration::min();
    return core::Duration(difference);
}

Rate normalised(Rate rate) {
    return {.per_minute = std::clamp(rate.per_minute, std::int64_t{0}, max_rate),
            .burst = std::clamp(rate.burst, std::int64_t{0}, max_rate)};
}

bool denies(Rate rate) {
    return rate.per_minute <= 0 || rate.burst <= 0;
}

TokenBucket::TokenBucket(Rate rate, core::TimePoint now)
    : rate_(rate), level_(capacity()), settled_(now), used_(now) {}

bool TokenBucket::take(core::TimePoint now) {
    settle(now);
    if (level_ < token) return false;
    level_ -= token;
    used_ = std::max(used_, now);
    return true;
}

core::Duration TokenBucket::until_token(core::TimePoint now) const {
    return until(token, now);
}

core::Duration TokenBucket::until_full(core::TimePoint now) const {
    return until(capacity(), now);
}

bool TokenBucket::full(core::TimePoint now) const {
    return level(now) == capacity();
}

void TokenBucket::change_rate(Rate rate, core::TimePoint now) {
    settle(now);
    rate_ = rate;
    level_ = std::min(level_, capacity());
}

std::int64_t TokenBucket::level(core::TimePoint now) const {
    const auto gone = elapsed(settled_, now).count();
    if (gone <= 0) return level_;
    // Compared as times: the product could overflow.
    const auto missing = capacity() - level_;
    if (gone >= divide_up(missing, rate_.per_minute)) return capacity();
    return level_ + gone * rate_.per_minute;
}

core::Duration TokenBucket::until(std::int64_t wanted, core::TimePoint now) const {
    const auto missing = wanted - level(now);
    if (missing <= 0) return core::Duration::zero();
    const auto gain = divide_up(missing, rate_.per_minute);
    // Nothing is gained until a clock that ran backwards has caught up.
    const auto catch_up = std::max(elapsed(now, settled_), core::Duration::zero()).count();
    std::int64_t sum = 0;
    if (__builtin_add_overflow(gain, catch_up, &sum)) return core::Duration::max();
    return core::Duration(sum);
}

std::int64_t TokenBucket::capacity() const {
    return rate_.burst * token;
}

void TokenBucket::settle(core::TimePoint now) {
    level_ = level(now);
    settled_ = std::max(settled_, now);
}

}  // namespace blender_mcpd::guard
