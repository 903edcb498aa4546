// Nothing is left of a connection, whatever the peer does and whenever the caller gives up: no
// file, no timer, no coroutine, no slot. Most of it is checked by ~Stress().
#include "stress.hpp"

#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/resource.h>

using namespace blender_mcpd;
using namespace blender_mcpd::test;
using link::Pool;

namespace {

template <typename Condition>
void pass_time_until(Stress& stress, Condition done) {
    const auto limit = std::chrono::steady_clock::now() + 60s;
    while (!done()) {
        stress.advance(5ms);
        if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("the test hangs");
    }
}

/// Lets this process open no more files while it lives.
class NoMoreFiles {
  public:
    NoMoreFiles() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        auto none = before_;
        none.rlim_cur = 0;
        ::setrlimit(RLIMIT_NOFILE, &none);
    }
    ~NoMoreFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    NoMoreFiles(const NoMoreFiles&) = delete;
    NoMoreFiles& operator=(const NoMoreFiles&) = delete;

  private:
    rlimit before_{};
};

}  // namespace

TEST_CASE("ASYNC_CLEANUP_001: a connect that fails in whatever way closes its socket at once") {
    const struct {
        Manners how;
        const char* message;
    } table[]{
        {Manners::close_at_once, "Connection failed: "},
        {Manners::silent_at_hello, "Connection timeout: "},
        {Manners::garbage_at_hello, "Connection failed: "},
        {Manners::half_close_at_hello, "Connection failed: "},
    };
    for (const auto& row : table) {
        INFO("manners " << static_cast<int>(row.how));
        Stress stress(stress_options);
        stress.only = row.how;
        const auto before = open_files();
        const auto task = stress.start(stress.pool->acquire({}));
        pass_time_until(stress, [&] { return task->done(); });
        CHECK(task->value->error().message.starts_with(row.message));
        CHECK(stress.pool->stats().failed == 1);
        CHECK(stress.pool->stats().total == 0);
        CHECK(stress.open_files_soon(before));
        CHECK(stress.timers.armed().empty());
    }
}

TEST_CASE("ASYNC_CLEANUP_001: a connect that is cancelled or times out closes its socket at once") {
    for (const bool cancelled : {true, false}) {
        INFO((cancelled ? "cancelled" : "timed out"));
        Stress stress({.max = 1, .acquire_timeout = 1s});
        stress.only = Manners::silent_at_hello;
        const auto before = open_files();
        core::CancelSource cancel;
        const auto task = stress.start(stress.pool->acquire(cancel.token()));
        stress.until([&] { return open_files() == before + 2; });
        if (cancelled)
            cancel.cancel(core::CancelReason::client);
        else
            stress.advance(1s);
        stress.until([&] { return task->done(); });
        CHECK(stress.open_files_soon(before));
        CHECK(task->value->error().code == (cancelled ? ErrorCode::cancelled : ErrorCode::timeout));
        CHECK(stress.pool->stats().total == 0);
        CHECK(stress.timers.armed().empty());
    }
}

TEST_CASE("a caller may be cancelled at every step of the loop, with peers of all manners") {
    int steps_seen = 0;
    for (int how = 0; how < manners; ++how) {
        bool finished_first = false;
        for (int steps = 0; !finished_first && steps < 200; ++steps) {
            INFO("manners " << how << ", cancelled after " << steps << " steps");
            Stress stress({.max = 1, .acquire_timeout = 24h});
            stress.only = static_cast<Manners>(how);
            core::CancelSource cancel;
            std::optional<std::string> end;
            boost::asio::co_spawn(stress.io, stress.one_call(cancel.token()),
                                  [&](std::exception_ptr error, std::string how_it_ended) {
                                      if (error) std::rethrow_exception(error);
                                      end = std::move(how_it_ended);
                                  });
            for (int step = 0; step < steps; ++step) {
                stress.io.restart();
                stress.io.poll_one();
            }
            finished_first = end.has_value();
            cancel.cancel(core::CancelReason::client);
            pass_time_until(stress, [&] { return end.has_value(); });
            steps_seen = std::max(steps_seen, steps);

            // The next caller finds the pool in order.
            stress.only = Manners::good;
            end.reset();
            boost::asio::co_spawn(stress.io, stress.one_call(),
                                  [&](std::exception_ptr, std::string how_it_ended) {
                                      end = std::move(how_it_ended);
                                  });
            pass_time_until(stress, [&] { return end.has_value(); });
            // A connection of the first's may be half-open still, and break under the second.
            CHECK((*end == "ok" || !finished_first));
        }
    }
    CHECK(steps_seen > 20);
}

TEST_CASE("a pool may be closed at every step of the loop, with peers of all manners") {
    for (int how = 0; how < manners; ++how) {
        for (int steps = 0; steps < 30; ++steps) {
            INFO("manners " << how << ", closed after " << steps << " steps");
            Stress stress({.max = 2, .min = 1, .acquire_timeout = 24h, .health_interval = 1s});
            stress.only = static_cast<Manners>(how);
            stress.pool->start();
            stress.start_workers(4, 1);
            for (int step = 0; step < steps; ++step) {
                stress.io.restart();
                stress.io.poll_one();
            }
            stress.pool->close();
            stress.pass_time_until_finished(4);
        }
    }
}

TEST_CASE(
    "ten thousand attempts with peers of random manners leave the number of open files flat") {
    std::mt19937 random(20'260'102);
    constexpr Manners quick[]{Manners::close_at_once,       Manners::reset_after_hello,
                              Manners::close_after_reply,   Manners::garbage_at_hello,
                              Manners::half_close_at_hello, Manners::reset_in_reply};
    const auto nobody = [] {
        boost::asio::io_context io;
        return ScriptedPeer(io.get_executor()).port();
    }();
    Stress stress({.max = 5, .acquire_timeout = 24h}, {.connect_timeout = 200ms});
    const auto port = stress.port;
    const auto before = open_files();
    std::uint64_t attempts = 0;
    while (attempts < 10'000) {
        const auto dice = random() % 200;
        stress.only = dice == 0 ? Manners::silent_at_hello : quick[dice % std::size(quick)];
        stress.port = dice % 4 == 3 ? nobody : port;
        stress.finished = 0;
        stress.start_workers(5, 1);
        stress.pass_time_until_finished(5);
        const auto stats = stress.pool->stats();
        attempts = stats.opened + stats.failed;
        // Of each attempt one file here and one of the peer's, until the loop has turned.
        CHECK(open_files() <= before + 2 * 5 + 5);
    }
    CHECK(stress.pool->stats().failed > 1'000);
    CHECK(stress.pool->stats().opened > 1'000);
    CHECK(stress.open_files_soon(before));
}

TEST_CASE("a connector that throws at any point leaves no socket, no timer and no slot") {
    for (const bool connected : {false, true}) {
        INFO((connected ? "after connecting" : "before connecting"));
        Stress stress({.max = 1});
        stress.only = Manners::good;
        const auto before = open_files();
        Pool pool(stress.timers, stress.metrics,
                  [&](core::CancelToken cancel)
                      -> awaitable<core::Result<std::shared_ptr<link::Connection>>> {
                      if (!connected) throw std::runtime_error("a bug");
                      auto opening = link::Connection::open(stress.timers, {.port = stress.port},
                                                            "t", {}, std::move(cancel));
                      const auto connection = co_await std::move(opening);
                      throw std::runtime_error("a bug");
                  },
                  {.max = 1, .min = 1, .health_interval = 1s});
        pool.start();
        for (int times = 0; times < 20; ++times) {
            const auto error = stress.run(pool.acquire({})).error();
            CHECK(error.message == "Connection failed: unexpected exception: a bug");
            stress.advance(1s);
        }
        pool.close();
        CHECK(stress.open_files_soon(before));
        CHECK(pool.stats().total == 0);
        CHECK(stress.timers.armed().empty());
    }
}

// Not under AddressSanitizer, whose checks need descriptors of their own.
#ifndef __SANITIZE_ADDRESS__
TEST_CASE("a connect for which there is no file descriptor fails, and the next one succeeds") {
    Stress stress({.max = 1});
    stress.only = Manners::good;
    {
        const NoMoreFiles limit;
        const auto error = stress.run(stress.pool->acquire({})).error();
        CHECK(error.code == ErrorCode::connection);
        CHECK_THAT(error.message, ContainsSubstring("Connection failed: Too many open files"));
    }
    CHECK(stress.pool->stats().total == 0);
    CHECK(stress.run(stress.pool->acquire({})));
}
#endif

TEST_CASE("the socket of an idle connection is closed as soon as the peer has closed its end") {
    const auto finish =
        GENERATE(&PeerSession::close, &PeerSession::half_close, &PeerSession::reset);
    Stage stage;
    core::Metrics metrics;
    const auto files = open_files();
    {
        ScriptedPeer peer(stage.io.get_executor());
        Pool pool(stage.timers, metrics,
                  [&](core::CancelToken cancel) {
                      return link::Connection::open(stage.timers, {.port = peer.port()}, "t", {},
                                                    std::move(cancel));
                  },
                  {.max = 1, .health_interval = 10s});
        pool.start();
        auto task = stage.start(pool.acquire({}));
        auto session = stage.run(peer.welcome());
        stage.until([&] { return task->done(); });
        const auto port = peer.port();
        task->value.reset();
        CHECK(pool.stats().idle == 1);
        REQUIRE(socket_to(port) > 0);

        (session.*finish)();
        // The socket itself is asked: the loop need not turn, only the kernel deliver.
        for (int asks = 0; asks < 1'000'000 && pool.stats().total > 0; ++asks) {
        }
        CHECK(pool.stats().total == 0);
        stage.until([&] { return socket_to(port) < 0; });
        CHECK(pool.stats().discarded == 0);
        stage.advance(10s);
        CHECK(pool.stats().discarded == 1);
        CHECK(pool.stats().total == 0);
    }
    stage.until_quiet();
    CHECK(open_files() == files);
}
