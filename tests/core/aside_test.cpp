#include <blender_mcpd/core/aside.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <support/catch.hpp>
#include <support/loop.hpp>

namespace blender_mcpd {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> note_thread(std::size_t bytes, std::thread::id& seen) {
    const auto work = [] { return std::this_thread::get_id(); };
    seen = co_await core::aside(bytes, work);
}

TEST_CASE("Small work is done on the spot, large work beside the loop") {
    test::Loop loop;
    std::thread::id small;
    std::thread::id large;
    loop.run(note_thread(core::large_message - 1, small));
    loop.run(note_thread(core::large_message, large));
    CHECK(small == std::this_thread::get_id());
    CHECK(large != std::this_thread::get_id());
}

asio::awaitable<void> wait_for_the_loop(std::promise<void>& gate, bool& opened) {
    const auto work = [future = gate.get_future().share()] {
        return future.wait_for(std::chrono::seconds(60)) == std::future_status::ready;
    };
    opened = co_await core::aside(core::large_message, work);
}

TEST_CASE("The loop turns while large work is done") {
    test::Loop loop;
    std::promise<void> gate;
    bool opened = false;
    int turns = 0;
    // Ten handlers, each posted by the one before it, and the work ends only after the last.
    std::function<void()> turn = [&] {
        if (++turns == 10) return gate.set_value();
        asio::post(loop.io, turn);
    };
    asio::post(loop.io, turn);
    loop.run(wait_for_the_loop(gate, opened));
    CHECK(opened);
    CHECK(turns == 10);
}

asio::awaitable<void> note_order(int number, std::vector<int>& order) {
    const auto work = [&] {
        order.push_back(number);  // one thread: no two at once
        return std::this_thread::get_id();
    };
    (void)co_await core::aside(core::large_message, work);
}

TEST_CASE("Large work is done one after the other, in its order") {
    test::Loop loop;
    std::vector<int> order;
    for (int number = 0; number < 5; ++number)
        loop.spawn(note_order(number, order));
    loop.run(note_order(5, order));
    CHECK(order == std::vector{0, 1, 2, 3, 4, 5});
}

asio::awaitable<void> fail(std::size_t bytes) {
    const auto work = []() -> int { throw std::runtime_error("too much"); };
    (void)co_await core::aside(bytes, work);
}

TEST_CASE("What the work throws comes out of it") {
    test::Loop loop;
    CHECK_THROWS_AS(loop.run(fail(1)), std::runtime_error);
    CHECK_THROWS_AS(loop.run(fail(core::large_message)), std::runtime_error);
}

asio::awaitable<void> use(std::shared_ptr<std::string> owned, std::promise<void>* begun,
                          std::shared_future<void> gate) {
    const auto work = [&] {
        if (begun) begun->set_value();
        gate.wait();
        return owned->size();
    };
    (void)co_await core::aside(core::large_message, work);
}

TEST_CASE("The end of the loop waits for work that has begun and drops what has not") {
    std::promise<void> begun;
    std::promise<void> gate;
    const auto opened = gate.get_future().share();
    const auto first = std::make_shared<std::string>("first");
    const auto second = std::make_shared<std::string>("second");
    std::thread opener;
    {
        asio::io_context io;
        asio::co_spawn(io, use(first, &begun, opened), asio::detached);
        asio::co_spawn(io, use(second, nullptr, opened), asio::detached);
        io.poll();
        begun.get_future().wait();
        CHECK(first.use_count() == 2);
        opener = std::thread([&] { gate.set_value(); });
    }
    opener.join();
    CHECK(first.use_count() == 1);
    CHECK(second.use_count() == 1);
}

TEST_CASE("Whoever discards a large text does not wait for the helper, and the end drops it") {
    std::promise<void> begun;
    std::promise<void> gate;
    const auto opened = gate.get_future().share();
    const auto held = std::make_shared<std::string>("held");
    asio::io_context io;
    asio::co_spawn(io, use(held, &begun, opened), asio::detached);
    io.poll();
    begun.get_future().wait();  // the helper is busy
    core::discard(io.get_executor(), std::string(core::large_message, 'x'));
    core::discard(io.get_executor(), "small");
    CHECK(held.use_count() == 2);
    gate.set_value();
}

}  // namespace
}  // namespace blender_mcpd
