#pragma once

#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/guard/cache.hpp>

#include <optional>
#include <string>
#include <utility>

#include <support/catch.hpp>

namespace blender_mcpd::test {

inline guard::CacheKey key(std::string arguments, std::string instance = "main") {
    return {std::move(instance), "get_object_info", std::move(arguments)};
}

struct CacheStage {
    explicit CacheStage(const guard::ResultCacheOptions& options = {})
        : cache(clock, metrics, options) {}

    /// Reads and stores without anything between.
    void put(const std::string& name, std::string value = "{}",
             std::optional<double> ttl_seconds = std::nullopt) {
        cache.set(cache.begin_read("main"), key(name), guard::make_result(std::move(value)),
                  {.ttl_seconds = ttl_seconds});
    }
    [[nodiscard]] bool has(const std::string& name) const {
        return cache.peek(key(name)) != nullptr;
    }

    core::ManualClock clock;
    core::Metrics metrics;
    guard::ResultCache cache;
};

}  // namespace blender_mcpd::test
