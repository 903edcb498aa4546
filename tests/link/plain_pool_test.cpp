// Many calls at once to a plain peer.
#include "plain_stage.hpp"

#include <blender_mcpd/link/pool.hpp>

using namespace blender_mcpd;
using namespace blender_mcpd::test;

namespace {

/// Answers every request with its own arguments, now and then in two pieces or with a close.
struct EchoStage : Stage {
    core::Metrics metrics;
    EchoStage() {
        pool.emplace(
            timers, metrics,
            [this](core::CancelToken cancel) {
                return link::open_plain(timers, {.port = peer.port()}, link::Dialect::seed, {},
                                        std::move(cancel));
            },
            link::PoolOptions{.max = 4, .max_waiters = 1'000});
        spawn(listen());
    }
    ~EchoStage() {
        pool->close();
        peer.stop();
        pool.reset();
        until_quiet();
    }

    boost::asio::awaitable<void> listen() {
        try {
            for (;;) {
                auto session = co_await peer.accept();
                boost::asio::co_spawn(io, serve(std::move(session)), [](std::exception_ptr) {});
            }
        } catch (const boost::system::system_error&) {
            co_return;
        }
    }
    boost::asio::awaitable<void> serve(PeerSession session) {
        for (int served = 1;; ++served) {
            const auto reply = echo_of(co_await read_request(session));
            ++answered;
            if (served % 3 == 0)
                co_await session.write_split(reply, reply.size() / 2);
            else
                co_await session.write(reply);
            if (served % 50 == 0) co_return;  // closes
        }
    }
    boost::asio::awaitable<void> ask(int number) {
        auto lease = co_await pool->acquire({});
        const auto reply = co_await (*lease)->call(numbered(number), {}, {});
        ++ended;
        if (reply && reply->result() == R"({"n":)" + std::to_string(number) + "}") ++matched;
    }

    ScriptedPeer peer{io.get_executor()};
    std::optional<link::Pool> pool;
    int answered = 0;
    int ended = 0;
    int matched = 0;
};

}  // namespace

TEST_CASE("plain: of 1,000 calls at once through a pool each gets its own answer") {
    EchoStage stage;
    for (int number = 0; number < 1'000; ++number)
        boost::asio::co_spawn(stage.io, stage.ask(number), [](std::exception_ptr error) {
            if (error) std::rethrow_exception(error);
        });
    stage.until([&] { return stage.ended == 1'000; });
    CHECK(stage.matched == 1'000);
    CHECK(stage.answered == 1'000);
    CHECK(stage.pool->stats().total <= 4);
}
