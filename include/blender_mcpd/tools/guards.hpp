// What every call passes before it reaches Blender, besides the rules for its arguments: limits,
// the cache of answers, the script policy, the folders for files. One for all tools. Loop thread
// only.
#pragma once

#include <blender_mcpd/core/alerts.hpp>
#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/guard/cache.hpp>
#include <blender_mcpd/guard/numbers.hpp>
#include <blender_mcpd/guard/rate_limiter.hpp>
#include <blender_mcpd/guard/script_policy.hpp>
#include <blender_mcpd/guard/single_flight.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <vector>

namespace blender_mcpd::tools {

inline constexpr core::Metric validation_failures{
    "validation.failures", "Calls whose arguments broke a rule", core::MetricKind::counter, "tool"};
inline constexpr core::Metric scripts_flagged{"security.scripts_flagged",
                                              "Scripts in which the policy found something",
                                              core::MetricKind::counter, "action"};

/// Somebody guesses, or a client is broken.
inline constexpr core::AlertRule many_validation_failures{
    .name = "many-invalid-calls",
    .message = "More than 30 calls in a minute had invalid arguments; see validation.failures",
    .metric = validation_failures,
    .above = 30,
    .window = std::chrono::minutes(1)};
inline constexpr core::AlertRule many_non_finite{
    .name = "many-non-finite-numbers",
    .message = "More than 10 numbers in an hour were NaN, infinite or too large for Blender",
    .metric = guard::nan_infinity_blocked,
    .above = 10,
    .window = std::chrono::hours(1)};
inline constexpr core::AlertRule ttl_out_of_range{
    .name = "ttl-capped",
    .message = "TTL capped: a time to live was out of range; see cache.ttl_min_s and ttl_max_s",
    .severity = core::Severity::info,
    .metric = guard::ttl_capped,
    .pause = std::chrono::hours(1)};

struct GuardOptions {
    guard::RateLimiterOptions limits{};
    guard::ResultCacheOptions cache{};
    /// How long answers of a Blender that cannot tell its generation are kept.
    std::chrono::milliseconds plain_ttl{2'000};
    guard::ScriptPolicyOptions scripts{};
    /// Absolute folders in which files may be read and written, besides that of the open file.
    std::vector<std::filesystem::path> roots{};
};

struct Guards {
    /// `timers`, `clock` and `metrics` must outlive it. Starts no timer.
    Guards(core::Timers& timers, const core::Clock& steady, core::Metrics& all_metrics,
           const GuardOptions& options);

    /// Limits and script policy from there, for calls that come from now on.
    void reconfigure(const GuardOptions& options);

    core::Metrics& metrics;
    const core::Clock& clock;
    const core::TimePoint since;  // when the daemon began
    guard::RateLimiter limiter;
    guard::ResultCache cache;
    guard::SingleFlight flights;
    /// Replaced by reconfigure(); who judges keeps the one that it began with.
    std::shared_ptr<guard::ScriptPolicy> scripts;
    const std::chrono::milliseconds plain_ttl;
    const std::vector<std::filesystem::path> roots;
};

}  // namespace blender_mcpd::tools
