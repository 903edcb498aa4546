// The cache under many threads. Meant for ThreadSanitizer too.
#include "cache_stage.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace blender_mcpd;
using namespace blender_mcpd::guard;
using test::key;

TEST_CASE("threads that read, store and change never see a value from before a change") {
    constexpr int threads = 8;
    constexpr int rounds = 3'000;
    core::ManualClock clock;
    core::Metrics metrics;
    ResultCache cache(clock, metrics, {.max_entries = 8, .max_bytes = 2'000});

    std::atomic<int> scene = 0;  // what Blender would answer
    std::atomic<int> wrong = 0;
    std::atomic<std::uint64_t> lookups = 0;
    const auto work = [&](int number) {
        for (int round = 0; round < rounds; ++round) {
            const auto name = std::to_string((number + round) % 12);
            if (round % 10 == number) {
                const auto mutation = cache.begin_mutation("main");
                ++scene;
            }
            const int before = scene;
            const auto found = cache.get(key(name));
            ++lookups;
            if (found) {
                // It may be newer than `before`, never older.
                if (std::stoi(*found) < before) ++wrong;
            } else {
                const auto ticket = cache.begin_read("main");
                cache.set(ticket, key(name), make_result(std::to_string(scene)), {});
            }
            if (round % 500 == number) cache.sweep();
            if (round % 700 == number) cache.invalidate("main");
            const auto stats = cache.stats();
            if (stats.entries > 8 || stats.bytes > 2'000) ++wrong;
        }
    };
    std::vector<std::thread> running;
    for (int number = 0; number < threads; ++number)
        running.emplace_back(work, number);
    for (auto& thread : running)
        thread.join();

    CHECK(wrong == 0);
    const auto stats = cache.stats();
    CHECK(stats.hits + stats.misses == lookups);
    CHECK(stats.hits > 0);
    CHECK(metrics.value(cache_hits) == static_cast<std::int64_t>(stats.hits));
    CHECK(metrics.value(cache_entries) == static_cast<std::int64_t>(stats.entries));
    CHECK(metrics.value(cache_bytes) == static_cast<std::int64_t>(stats.bytes));
}
