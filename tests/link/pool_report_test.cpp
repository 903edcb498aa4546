// What the pool tells about itself: metrics, log lines, ids.
#include "pool_stage.hpp"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <string>

using namespace blender_mcpd;
using namespace blender_mcpd::test;
using link::PoolOptions;

namespace {

/// What is logged while it lives, at every level.
class Log {
  public:
    Log() : before_(spdlog::default_logger()) {
        auto logger = std::make_shared<spdlog::logger>(
            "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_));
        logger->set_level(spdlog::level::trace);
        logger->set_pattern("%l %v");
        spdlog::set_default_logger(std::move(logger));
    }
    ~Log() { spdlog::set_default_logger(before_); }
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
    [[nodiscard]] std::string text() const { return text_.str(); }

  private:
    std::ostringstream text_;
    std::shared_ptr<spdlog::logger> before_;
};

}  // namespace

TEST_CASE("connections have unique, increasing ids, seen in the log and through the lease") {
    const Log log;
    PoolStage stage({.max = 2, .max_requests_per_connection = 1});
    stage.pool->start();
    const auto first = stage.acquire();
    stage.accept(0);
    CHECK(first->value->value().id() == "conn-1");
    stage.run((*first->value.value())->call({}, {}, {}));
    first->value.reset();

    const auto refused = stage.acquire();
    stage.refuse(1);
    const auto third = stage.acquire();
    const auto broken = stage.accept(2);
    CHECK(third->value->value().id() == "conn-3");
    auto moved = std::move(third->value->value());
    CHECK(moved.id() == "conn-3");
    broken->alive = false;
    moved = {};

    const auto fourth = stage.acquire();
    stage.accept(3);
    fourth->value.reset();
    stage.pool->close();
    CHECK(log.text() ==
          "debug connection pool: conn-1 opened\n"
          "debug connection pool: conn-1 closed after 1 calls: retired\n"
          "debug connection pool: conn-2 not opened: refused\n"
          "debug connection pool: conn-3 opened\n"
          "debug connection pool: conn-3 closed after 0 calls: broken\n"
          "debug connection pool: conn-4 opened\n"
          "debug connection pool: conn-4 closed after 0 calls: shutdown\n");
}

TEST_CASE("every metric of the pool is there before anything happens") {
    const PoolStage stage;
    const auto all = stage.metrics.all();
    for (const auto* name :
         {"connection_pool.acquire_duration_ms.count", "connection_pool.queue_size",
          "connection_pool.opened", "connection_pool.health_errors"}) {
        INFO(name);
        REQUIRE(all.contains(name));
        CHECK(all.at(name) == 0);
    }
    CHECK(stage.metrics.value(link::pool_failed) == 0);
}

TEST_CASE("every acquire is timed, whatever its end") {
    PoolStage stage({.max = 1, .acquire_timeout = 30s});
    const auto first = stage.acquire();
    stage.advance(250ms);
    stage.accept(0);
    CHECK(stage.metrics.all().at("connection_pool.acquire_duration_ms.sum") == 250);

    const auto late = stage.acquire();
    stage.advance(30s);
    CHECK(late->value->error().code == ErrorCode::timeout);
    core::CancelSource cancel;
    const auto cancelled = stage.acquire(cancel.token());
    cancel.cancel(core::CancelReason::client);
    stage.settle();
    CHECK(cancelled->done());
    CHECK(stage.metrics.value(link::pool_acquire_duration) == 3);
    CHECK(stage.metrics.all().at("connection_pool.acquire_duration_ms.sum") == 30'250);
}

TEST_CASE("the queue is seen while it is there, also that of two pools") {
    PoolStage stage({.max = 1});
    const auto queue = [&] { return stage.metrics.value(link::pool_queue_size); };
    const auto first = stage.acquire();
    CHECK(queue() == 0);  // it has an attempt of its own
    const auto second = stage.acquire();
    const auto third = stage.acquire();
    CHECK(queue() == 2);
    {
        link::Pool other(stage.timers, stage.metrics,
                         [&](core::CancelToken cancel) { return stage.connect(std::move(cancel)); },
                         {.max = 1});
        const auto task = stage.start(other.acquire({}));
        const auto waiting = stage.start(other.acquire({}));
        CHECK(queue() == 3);
        other.close();
        CHECK(queue() == 2);
        stage.finish(waiting);
    }
    stage.accept(0);
    first->value.reset();
    CHECK(queue() == 1);
    stage.pool->close();
    CHECK(queue() == 0);
}

TEST_CASE("opened and failed attempts are counted, failures by their reason") {
    PoolStage stage;
    const auto opened = stage.acquire();
    stage.accept(0);
    for (std::size_t attempt = 1; attempt <= 2; ++attempt) {
        const auto refused = stage.acquire();
        stage.refuse(attempt);
    }
    core::CancelSource cancel;
    const auto cancelled = stage.acquire(cancel.token());
    cancel.cancel(core::CancelReason::client);
    stage.settle();
    CHECK(stage.metrics.value(link::pool_opened) == 1);
    CHECK(stage.metrics.value(link::pool_failed) == 3);
    CHECK(stage.metrics.value(link::pool_failed, "connection") == 2);
    CHECK(stage.metrics.value(link::pool_failed, "cancelled") == 1);
}
