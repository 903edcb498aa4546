// The limiter under many threads. Meant for ThreadSanitizer too.
#include "limiter_stage.hpp"

#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace blender_mcpd;
using namespace blender_mcpd::guard;
using namespace std::chrono_literals;
using test::LimiterStage;

namespace {

/// Every look at it takes a millisecond of its time.
class RunningClock final : public core::Clock {
  public:
    [[nodiscard]] core::TimePoint now() const override {
        return core::TimePoint(std::chrono::milliseconds(++ticks_));
    }

  private:
    mutable std::atomic<std::int64_t> ticks_{0};
};

}  // namespace

TEST_CASE("a second cleanup at the same time returns at once and is counted") {
    LimiterStage stage;
    CHECK(stage.passes());
    stage.clock.advance(1h);

    // The first cleanup is held where it records what it removed.
    std::promise<void> inside;
    std::promise<void> go_on;
    std::atomic<bool> held = false;
    stage.metrics.watch(rate_buckets, [&](std::int64_t) {
        if (held.exchange(true)) return;
        inside.set_value();
        go_on.get_future().wait();
    });
    std::thread first([&] { stage.limiter.cleanup(); });
    inside.get_future().wait();
    stage.limiter.cleanup();
    CHECK(stage.metrics.value(cleanups_prevented) == 1);
    go_on.set_value();
    first.join();
    stage.limiter.cleanup();
    CHECK(stage.metrics.value(cleanups_prevented) == 1);
}

TEST_CASE("a cleanup that throws lets the next one run") {
    LimiterStage stage;
    bool fail = true;
    CHECK(stage.passes());
    stage.metrics.watch(rate_buckets, [&](std::int64_t) {
        if (fail) throw std::runtime_error("watcher");
    });
    stage.clock.advance(1h);
    CHECK_THROWS_AS(stage.limiter.cleanup(), std::runtime_error);
    fail = false;
    CHECK(stage.passes());
    stage.clock.advance(1h);
    stage.limiter.cleanup();
    CHECK(stage.limiter.stats().buckets == 0);
    CHECK(stage.metrics.value(cleanups_prevented) == 0);
}

TEST_CASE("16 threads never exceed the limits, and every call is accounted for") {
    constexpr std::int64_t threads = 16;
    constexpr int rounds = 2'000;
    constexpr int clients = 5;
    constexpr std::int64_t concurrent = 3;
    const RateLimiterOptions options{.general = {.per_minute = 60'000, .burst = 50},
                                     .script = {.per_minute = 6'000, .burst = 5},
                                     .concurrent = concurrent,
                                     .max_buckets = 8};
    RunningClock clock;
    core::Metrics metrics;
    RateLimiter limiter(clock, metrics, options);

    std::array<std::atomic<std::int64_t>, clients> in_progress{};
    std::atomic<std::int64_t> admitted = 0;
    std::atomic<std::int64_t> refused = 0;
    std::atomic<int> exceeded = 0;
    const auto work = [&](int number) {
        for (int round = 0; round < rounds; ++round) {
            const auto client = static_cast<std::size_t>((number + round) % clients);
            const auto permit =
                limiter.acquire("client " + std::to_string(client), "t",
                                round % 7 == 0 ? ToolClass::script : ToolClass::general);
            if (permit) {
                ++admitted;
                if (++in_progress[client] > concurrent) ++exceeded;
                if (round % 3 == 0) std::this_thread::yield();
                --in_progress[client];
            } else {
                ++refused;
            }
            if (round % 100 == number) limiter.cleanup();
            if (limiter.stats().buckets > 8) ++exceeded;
        }
    };
    std::vector<std::thread> running;
    for (int number = 0; number < threads; ++number)
        running.emplace_back(work, number);
    for (int i = 0; i < 50; ++i)
        limiter.reconfigure(options);
    for (auto& thread : running)
        thread.join();

    CHECK(exceeded == 0);
    CHECK(admitted + refused == threads * rounds);
    CHECK(metrics.value(calls_admitted) == admitted);
    CHECK(metrics.value(calls_refused) == refused);
    CHECK(admitted > 0);
    const auto stats = limiter.stats();
    CHECK(stats.in_progress == 0);
    CHECK(stats.clients == 0);
    CHECK(metrics.value(rate_buckets) == static_cast<std::int64_t>(stats.buckets));
}

TEST_CASE("permits may end in other threads while the limiter ends") {
    auto stage = std::make_unique<LimiterStage>(RateLimiterOptions{.concurrent = 64});
    std::vector<RateLimiter::Permit> permits;
    for (int i = 0; i < 32; ++i)
        permits.push_back(std::move(*stage->call()));
    std::vector<std::thread> running;
    for (auto& permit : permits)
        running.emplace_back([taken = std::move(permit)]() mutable { taken = {}; });
    stage->limiter.shutdown();
    stage.reset();
    for (auto& thread : running)
        thread.join();
}
