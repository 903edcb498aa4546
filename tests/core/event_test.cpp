#include <blender_mcpd/core/event.hpp>

#include <memory>
#include <string>

#include <support/catch.hpp>
#include <support/loop.hpp>

namespace blender_mcpd::core {

namespace {

boost::asio::awaitable<void> note(Event& event, std::string& log, char name) {
    co_await event.wait();
    log += name;
}

boost::asio::awaitable<void> note_either(Event& event, CancelToken cancel, std::string& log) {
    const bool set = co_await event.wait(std::move(cancel));
    log += set ? 's' : 'c';
}

boost::asio::awaitable<void> take(OneShot<std::unique_ptr<int>>& shot, int& out) {
    const auto value = co_await shot.wait();
    out = *value;
}

}  // namespace

TEST_CASE("an event lets every waiter go on, and later ones at once") {
    test::ManualLoop loop;
    Event event(loop.io.get_executor());
    std::string log;
    loop.spawn(note(event, log, 'a'));
    loop.spawn(note(event, log, 'b'));
    CHECK(log.empty());
    CHECK_FALSE(event.is_set());
    event.set();
    CHECK(event.is_set());
    CHECK(log.empty());  // never from inside set()
    loop.settle();
    CHECK(log == "ab");
    event.set();
    loop.spawn(note(event, log, 'c'));
    CHECK(log == "abc");
}

TEST_CASE("an event that is reset holds later waiters") {
    test::ManualLoop loop;
    Event event(loop.io.get_executor());
    std::string log;
    event.set();
    event.reset();
    loop.spawn(note(event, log, 'a'));
    CHECK(log.empty());
    event.set();
    loop.settle();
    CHECK(log == "a");
}

TEST_CASE("a wait with a token") {
    test::ManualLoop loop;
    Event event(loop.io.get_executor());
    CancelSource source;
    std::string log;
    SECTION("ends when the event is set") {
        loop.spawn(note_either(event, source.token(), log));
        event.set();
        loop.settle();
        CHECK(log == "s");
    }
    SECTION("ends when cancelled, and wakes nobody else for good") {
        loop.spawn(note(event, log, 'o'));
        loop.spawn(note_either(event, source.token(), log));
        source.cancel(CancelReason::client);
        loop.settle();
        CHECK(log == "c");
        event.set();
        loop.settle();
        CHECK(log == "co");
    }
    SECTION("does not begin when cancelled already") {
        source.cancel(CancelReason::client);
        loop.spawn(note_either(event, source.token(), log));
        CHECK(log == "c");
    }
    SECTION("prefers the event") {
        event.set();
        source.cancel(CancelReason::client);
        loop.spawn(note_either(event, source.token(), log));
        CHECK(log == "s");
    }
}

TEST_CASE("the first value of a one-shot wins") {
    test::ManualLoop loop;
    OneShot<std::unique_ptr<int>> shot(loop.io.get_executor());
    int taken = 0;
    const bool waits_before = GENERATE(true, false);
    if (waits_before) loop.spawn(take(shot, taken));
    CHECK_FALSE(shot.is_set());
    CHECK(shot.set(std::make_unique<int>(1)));
    CHECK(shot.is_set());
    CHECK_FALSE(shot.set(std::make_unique<int>(2)));
    if (!waits_before) loop.spawn(take(shot, taken));
    loop.settle();
    CHECK(taken == 1);
}

}  // namespace blender_mcpd::core
