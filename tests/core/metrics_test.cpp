#include <blender_mcpd/core/metrics.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include <support/catch.hpp>

using namespace blender_mcpd::core;

namespace {

constexpr Metric plain{"test.plain", "A counter"};
constexpr Metric level{"test.level", "A gauge", MetricKind::gauge};
constexpr Metric per_tool{"test.per_tool", "A labelled counter", MetricKind::counter, "tool"};
constexpr Metric duration{"test.duration_ms", "A histogram", MetricKind::histogram};

}  // namespace

TEST_CASE("metrics: a declared one is visible at 0, an unknown one reads 0") {
    Metrics metrics;
    CHECK(metrics.all().at("memory.timers.leaked") == 0);
    CHECK(metrics.value(plain) == 0);
    CHECK(metrics.all().count("test.plain") == 0);
    metrics.declare(plain);
    CHECK(metrics.all().at("test.plain") == 0);
}

TEST_CASE("metrics: counters only grow, gauges go both ways") {
    Metrics metrics;
    metrics.add(plain);
    metrics.add(plain, 4);
    metrics.add(plain, -3);
    CHECK(metrics.value(plain) == 5);
    metrics.add(level, 3);
    metrics.add(level, -1);
    CHECK(metrics.value(level) == 2);
    metrics.set(level, 7);
    CHECK(metrics.value(level) == 7);
}

TEST_CASE("metrics: labels are counted apart and summed") {
    Metrics metrics;
    metrics.add(per_tool, 1, "render");
    metrics.add(per_tool, 2, "get_scene_info");
    CHECK(metrics.value(per_tool) == 3);
    CHECK(metrics.value(per_tool, "render") == 1);
    CHECK(metrics.all().at("test.per_tool{get_scene_info}") == 2);
}

TEST_CASE("metrics: whoever sends new label values does not fill the memory") {
    Metrics metrics;
    for (int i = 0; i < 1'000; ++i)
        metrics.add(per_tool, 1, "name " + std::to_string(i));
    CHECK(metrics.value(per_tool) == 1'000);
    CHECK(metrics.value(per_tool, "other") == 1'000 - Metrics::max_label_values);
    CHECK(metrics.all().size() <= Metrics::max_label_values + 2);
}

TEST_CASE("metrics: a histogram counts and sums what is finite") {
    Metrics metrics;
    metrics.observe(duration, 2);
    metrics.observe(duration, 40);
    metrics.observe(duration, std::numeric_limits<double>::quiet_NaN());
    CHECK(metrics.value(duration) == 2);
    CHECK(metrics.all().at("test.duration_ms.sum") == 42);
}

TEST_CASE("metrics: the text for Prometheus") {
    Metrics metrics;
    metrics.add(per_tool, 2, "say \"hi\"\n");
    metrics.set(level, -1);
    metrics.observe(duration, 2);
    const auto text = metrics.prometheus_text();
    CHECK_THAT(text, ContainsSubstring("# TYPE blender_mcpd_test_per_tool_total counter"));
    CHECK_THAT(text,
               ContainsSubstring(R"(blender_mcpd_test_per_tool_total{tool="say \"hi\"\n"} 2)"));
    CHECK_THAT(text, ContainsSubstring("blender_mcpd_test_level -1"));
    CHECK_THAT(text, ContainsSubstring(R"(blender_mcpd_test_duration_ms_bucket{le="3"} 1)"));
    CHECK_THAT(text, ContainsSubstring("blender_mcpd_memory_timers_leaked 0"));
}

TEST_CASE("metrics: watchers hear every step") {
    Metrics metrics;
    std::int64_t heard = 0;
    metrics.watch(plain, [&](std::int64_t by) { heard += by; });
    metrics.watch(level, [&](std::int64_t value) { heard += 100 * value; });
    metrics.add(plain, 2);
    metrics.add(plain);
    metrics.set(level, 5);
    CHECK(heard == 503);
}

TEST_CASE("metrics: recording from many threads loses nothing") {
    Metrics metrics;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 1'000; ++n) {
                metrics.add(per_tool, 1, n % 2 == 0 ? "a" : "b");
                metrics.observe(duration, 1);
                if (n % 100 == 0) (void)metrics.prometheus_text();
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    CHECK(metrics.value(per_tool, "a") == 4'000);
    CHECK(metrics.value(duration) == 8'000);
}
