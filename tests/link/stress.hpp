// A pool and peers that do everything wrong, over real sockets. Time passes as the loop turns.
#pragma once

#include "stage.hpp"

#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/link/pool.hpp>

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace blender_mcpd::test {

using boost::asio::awaitable;

enum class Manners {
    good,
    slow,             // but good in the end
    close_at_once,    // accepts, and closes without a word
    silent_at_hello,  // accepts, and says nothing
    reset_after_hello,
    half_close_after_request,
    close_after_reply,  // one call a connection, as some add-ons do
    garbage,
    garbage_at_hello,
    silent_after_request,
    reset_in_reply,
    half_close_at_hello,
};
constexpr int manners = 12;

inline awaitable<void> answer(PeerSession& session) {
    const auto id = id_of(co_await session.read_json());
    co_await session.write(ok_reply(id));
}

inline awaitable<void> serve(PeerSession session, Manners how) {
    if (how == Manners::close_at_once) co_return;
    if (how == Manners::slow)
        for (int i = 0; i < 20; ++i)
            co_await turn();
    if (how == Manners::silent_at_hello) co_return co_await session.wait_end();
    if (how == Manners::half_close_at_hello) {
        session.half_close();
        co_return co_await session.wait_end();
    }
    if (how == Manners::garbage_at_hello) {
        co_await session.write("HTTP/1.1 400 Bad Request\r\n\r\n");
        co_return co_await session.wait_end();
    }
    co_await session.welcome();
    if (how == Manners::reset_after_hello) co_return session.reset();
    if (how == Manners::good || how == Manners::slow)
        for (;;)
            co_await answer(session);
    if (how == Manners::close_after_reply) co_return co_await answer(session);

    const auto id = id_of(co_await session.read_json());
    if (how == Manners::half_close_after_request) session.half_close();
    if (how == Manners::garbage) co_await session.write("Traceback (most recent call last):");
    if (how == Manners::reset_in_reply) {
        co_await session.write(ok_reply(id).substr(0, 20));
        co_return session.reset();
    }
    co_await session.wait_end();
}

struct Stress : Stage {
    explicit Stress(const link::PoolOptions& options, link::ConnectionOptions connection = {}) {
        peer.emplace(io.get_executor());
        port = peer->port();
        pool.emplace(
            timers, metrics,
            [this, connection](core::CancelToken cancel) {
                return link::Connection::open(timers, {.port = port}, "t", connection,
                                              std::move(cancel));
            },
            options);
        spawn(listen());
    }
    /// Nothing is left: no connection, no waiter, no timer, no coroutine, no file.
    ~Stress() {
        pool->close();
        peer->stop();
        until_quiet();
        const auto stats = pool->stats();
        CHECK(stats.total == 0);
        CHECK(stats.waiting == 0);
        CHECK(metrics.value(link::pool_queue_size) == 0);
        pool.reset();
        peer.reset();
        CHECK(open_files() == files);
    }
    Stress(const Stress&) = delete;
    Stress& operator=(const Stress&) = delete;

    awaitable<void> listen() {
        for (int number = 0;; ++number) {
            try {
                auto session = co_await peer->accept();
                const auto how = only ? *only : static_cast<Manners>(number % manners);
                boost::asio::co_spawn(io, serve(std::move(session), how),
                                      [](std::exception_ptr) {});
            } catch (const boost::system::system_error&) {
                co_return;
            }
        }
    }

    awaitable<void> work(int calls) {
        for (int call = 0; call < calls; ++call)
            ++ends[co_await one_call()];
        ++finished;
    }
    awaitable<std::string> one_call(core::CancelToken cancel = {}) {
        auto lease = co_await pool->acquire(cancel);
        check();
        if (!lease) co_return "acquire: " + std::string(to_string(lease.error().code));
        auto reply = co_await (*lease)->call(query(), cancel, {});
        check();
        if (!reply) co_return "call: " + std::string(to_string(reply.error().code));
        co_return "ok";
    }
    static link::Request query() {
        link::Request request;
        request.op = "get_scene_info";
        request.mutates = false;
        return request;
    }
    void check() {
        const auto stats = pool->stats();
        CHECK(stats.total <= 5);
        CHECK(stats.total == stats.active + stats.idle + stats.connecting);
        most = std::max(most, stats.total);
    }

    /// Ours is closed at once; the peer's end of it needs a few turns.
    bool open_files_soon(decltype(open_files()) expected) {
        for (int turns = 0; turns < 200 && open_files() != expected; ++turns) {
            io.restart();
            io.run_one_for(10ms);
        }
        return open_files() == expected;
    }

    /// All at once: none runs before all are there.
    void start_workers(int workers, int calls) {
        for (int worker = 0; worker < workers; ++worker)
            boost::asio::co_spawn(io, work(calls), [](std::exception_ptr error) {
                if (error) std::rethrow_exception(error);
            });
    }
    void pass_time_until_finished(int workers) {
        const auto limit = std::chrono::steady_clock::now() + 60s;
        while (finished < workers) {
            advance(5ms);
            check();
            if (std::chrono::steady_clock::now() > limit)
                throw std::runtime_error("the test hangs");
        }
    }
    void run_workers(int workers, int calls) {
        start_workers(workers, calls);
        pass_time_until_finished(workers);
    }

    decltype(open_files()) files = open_files();
    std::optional<ScriptedPeer> peer;
    std::uint16_t port = 0;
    core::Metrics metrics;
    std::optional<link::Pool> pool;
    std::optional<Manners> only;
    std::map<std::string, int> ends;
    int finished = 0;
    std::size_t most = 0;
};

inline constexpr link::PoolOptions stress_options{
    .max = 5, .max_waiters = 1000, .acquire_timeout = 24h};

}  // namespace blender_mcpd::test
