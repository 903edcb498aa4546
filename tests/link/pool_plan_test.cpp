#include "pool_table.hpp"

#include <string>

#include <support/catch.hpp>

using namespace blender_mcpd;
using namespace std::chrono_literals;
using link::PoolPlan;
using test::Table;

TEST_CASE("an acquire connects, a release keeps, the next acquire takes that") {
    Table table;
    CHECK(table.acquire(1) == "connect 1");
    CHECK(table.plan.stats().connecting == 1);
    CHECK(table.plan.stats().waiting == 0);
    CHECK(table.connected(1, "a") == "1 gets a");
    CHECK(table.plan.stats().active == 1);
    CHECK(table.release("a") == "");
    CHECK(table.plan.stats().idle == 1);
    CHECK(table.acquire(2) == "2 gets a");
    CHECK(table.plan.stats().opened == 1);
}

TEST_CASE("a slot is taken before connecting: never more than max") {
    Table table({.max = 2});
    CHECK(table.acquire(1) == "connect 1");
    CHECK(table.acquire(2) == "connect 2");
    CHECK(table.acquire(3) == "");
    CHECK(table.plan.stats().total == 2);
    CHECK(table.plan.stats().waiting == 1);
}

TEST_CASE("waiters are served first come first served, one for each release") {
    Table table({.max = 1});
    table.acquire(1);
    table.connected(1, "a");
    CHECK(table.acquire(2) == "");
    CHECK(table.acquire(3) == "");
    CHECK(table.release("a") == "2 gets a");
    CHECK(table.release("a") == "3 gets a");
    CHECK(table.release("a") == "");
}

TEST_CASE("a released connection serves who waits for a slow connect") {
    Table table({.max = 2});
    table.acquire(1);
    table.connected(1, "a");
    CHECK(table.acquire(2) == "connect 2");
    CHECK(table.release("a") == "2 gets a");
    SECTION("its attempt then serves the next") {
        CHECK(table.acquire(3) == "");
        CHECK(table.connected(2, "b") == "3 gets b");
    }
    SECTION("or becomes idle") {
        CHECK(table.connected(2, "b") == "");
        CHECK(table.plan.stats().idle == 1);
    }
    SECTION("or fails without anybody getting its error") {
        CHECK(table.acquire(3) == "");
        CHECK(table.refused(2) == "connect 3");
    }
}

TEST_CASE("an attempt that overtakes another serves who came first") {
    Table table({.max = 2});
    table.acquire(1);
    table.acquire(2);
    CHECK(table.connected(2, "b") == "1 gets b");
    SECTION("the other attempt serves the second") {
        CHECK(table.connected(1, "a") == "2 gets a");
    }
    SECTION("when it fails, the second gets an attempt of its own") {
        CHECK(table.refused(1) == "connect 3");
        CHECK(table.refused(3) == "2: connection");
    }
}

TEST_CASE(
    "a failed connect is the error of the waiter it was made for; the others try themselves") {
    Table table({.max = 1});
    table.acquire(1);
    table.acquire(2);
    table.acquire(3);
    CHECK(table.refused(1) == "1: connection, connect 2");
    CHECK(table.refused(2) == "2: connection, connect 3");
    CHECK(table.connected(3, "a") == "3 gets a");
    CHECK(table.plan.stats().failed == 2);
}

TEST_CASE("the queue has a maximum length") {
    Table table({.max = 1, .max_waiters = 1});
    CHECK(table.acquire(1) == "connect 1");
    CHECK(table.acquire(2) == "");
    CHECK(table.acquire(3) == "3: busy");
    table.connected(1, "a");
    CHECK(table.release("a") == "2 gets a");
    CHECK(table.acquire(4) == "");
}

TEST_CASE("without a queue a free slot is still given") {
    Table table({.max = 1, .max_waiters = 0});
    CHECK(table.acquire(1) == "connect 1");
    CHECK(table.acquire(2) == "2: busy");
    table.connected(1, "a");
    table.release("a");
    CHECK(table.acquire(3) == "3 gets a");
}

TEST_CASE("who gives up is never served, and its attempt is cancelled for the next") {
    Table table({.max = 1});
    CHECK(table.acquire(1) == "connect 1");
    table.acquire(2);
    table.acquire(3);
    CHECK(table.cancel(2) == "2: cancelled");
    CHECK(table.time_out(1) == "cancel 1, 1: timeout");
    CHECK(table.plan.stats().timeouts == 1);
    SECTION("the attempt ends as told") {
        CHECK(table.refused(1) == "connect 2");
        CHECK(table.connected(2, "a") == "3 gets a");
    }
    SECTION("the attempt has succeeded already") {
        CHECK(table.connected(1, "a") == "3 gets a");
    }
    CHECK(table.time_out(3) == "");  // served: too late
    CHECK(table.cancel(3) == "");
    CHECK(table.plan.stats().timeouts == 1);
}

TEST_CASE("connections are retired after so many calls and replaced on demand") {
    Table table({.max = 1, .max_requests_per_connection = 2});
    table.acquire(1);
    table.connected(1, "a");
    table.named("a")->carried = 1;
    table.release("a");
    CHECK_FALSE(table.named("a")->closed);
    CHECK(table.acquire(2) == "2 gets a");
    table.acquire(3);
    table.named("a")->carried = 2;
    CHECK(table.release("a") == "close a (retired), connect 2");
    CHECK(table.connected(2, "b") == "3 gets b");
    CHECK(table.plan.stats().discarded == 1);
}

TEST_CASE("an unusable connection is closed when it comes back") {
    Table table({.max = 1});
    table.acquire(1);
    table.connected(1, "a");
    table.acquire(2);
    table.named("a")->alive = false;
    CHECK(table.release("a") == "close a (broken), connect 2");
    CHECK(table.plan.stats().discarded == 1);
}

TEST_CASE("dead idle connections are neither handed out nor counted") {
    Table table({.max = 2});
    table.acquire(1);
    table.acquire(2);
    table.connected(1, "a");
    table.connected(2, "b");
    table.release("a");
    table.release("b");
    table.named("a")->alive = false;
    table.named("b")->alive = false;
    CHECK(table.plan.stats().idle == 0);
    CHECK(table.plan.stats().total == 0);
    CHECK(table.acquire(3) == "close a (broken), close b (broken), connect 3");
    CHECK(table.acquire(4) == "connect 4");
    CHECK(table.plan.stats().discarded == 2);
}

TEST_CASE("idle connections are closed in time, the last used are used first") {
    Table table({.max = 2, .idle_timeout = 10s});
    table.acquire(1);
    table.acquire(2);
    table.connected(1, "a");
    table.connected(2, "b");
    table.release("a");
    table.now += 4s;
    table.release("b");
    CHECK(table.acquire(3) == "3 gets b");
    CHECK(table.release("b") == "");
    table.now = core::TimePoint(10s) - 1ms;
    CHECK(table.check_health() == "");
    table.now += 1ms;
    CHECK(table.check_health() == "close a (unused for too long)");
    table.now = core::TimePoint(14s) - 1ms;
    CHECK(table.check_health() == "");
    table.now += 1ms;
    CHECK(table.check_health() == "close b (unused for too long)");
    CHECK(table.plan.stats().discarded == 2);
}

TEST_CASE("a health check drops what is dead and leaves alone what is leased") {
    Table table({.max = 3});
    for (const auto* name : {"a", "b", "c"}) {
        const auto number = static_cast<PoolPlan::Attempt>(name[0] - 'a' + 1);
        table.acquire(number);
        table.connected(number, name);
    }
    table.release("a");
    table.release("b");
    table.named("a")->alive = false;
    table.named("c")->alive = false;  // leased: its holder will find out
    CHECK(table.check_health() == "close a (broken)");
    CHECK(table.plan.stats().active == 1);
    CHECK(table.plan.stats().idle == 1);
    CHECK(table.check_health() == "");
}

TEST_CASE("a health check restores the minimum, attempts in progress counted") {
    Table table({.max = 3, .min = 2});
    CHECK(table.check_health() == "connect 1, connect 2");
    CHECK(table.check_health() == "");
    CHECK(table.connected(1, "a") == "");
    CHECK(table.check_health() == "");
    CHECK(table.connected(2, "b") == "");
    SECTION("after one died") {
        table.named("a")->alive = false;
        CHECK(table.check_health() == "close a (broken), connect 3");
    }
    SECTION("after one was retired") {
        CHECK(table.acquire(1) == "1 gets b");
        table.named("b")->carried = 10'000;
        CHECK(table.release("b") == "close b (retired)");
        CHECK(table.check_health() == "connect 3");
    }
    SECTION("leased ones are of the minimum") {
        table.acquire(1);
        table.acquire(2);
        CHECK(table.check_health() == "");
        table.acquire(3);
        CHECK(table.plan.stats().total == 3);
        CHECK(table.check_health() == "");
    }
}

TEST_CASE("unused connections are kept when they are needed for the minimum") {
    Table table({.max = 3, .min = 1, .idle_timeout = 10s});
    table.acquire(1);
    table.acquire(2);
    table.connected(1, "a");
    table.connected(2, "b");
    table.release("a");
    table.release("b");
    table.now += 1h;
    CHECK(table.check_health() == "close a (unused for too long)");
    CHECK(table.check_health() == "");
    CHECK(table.plan.stats().idle == 1);
}

TEST_CASE("waiters take over what was opened for the minimum, and never more than max are open") {
    Table table({.max = 1, .min = 1});
    CHECK(table.check_health() == "connect 1");
    CHECK(table.acquire(1) == "");
    SECTION("it succeeds") {
        CHECK(table.connected(1, "a") == "1 gets a");
    }
    SECTION("it fails: the waiter gets an attempt of its own") {
        CHECK(table.refused(1) == "connect 2");
        CHECK(table.refused(2) == "1: connection");
    }
}

TEST_CASE("restoring the minimum is tried less and less often while it fails") {
    Table table({.max = 2, .min = 2});
    PoolPlan::Attempt attempt = 0;
    const auto fail_round = [&] {
        CHECK(table.check_health() == "connect " + std::to_string(attempt + 1) + ", connect " +
                                          std::to_string(attempt + 2));
        CHECK(table.refused(++attempt) == "");
        CHECK(table.refused(++attempt) == "");  // of the same round: counts once
    };
    for (const auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
        INFO(pause.count() << " s");
        fail_round();
        table.now += pause - 1ms;
        CHECK(table.check_health() == "");
        table.now += 1ms;
    }
    SECTION("a success resets it") {
        table.check_health();
        table.connected(++attempt, "a");
        CHECK(table.refused(++attempt) == "");
        table.now += 1s;
        CHECK(table.check_health() == "connect " + std::to_string(attempt + 1));
    }
    SECTION("callers are not put off, and their failures do not count") {
        fail_round();
        table.acquire(1);
        CHECK(table.refused(++attempt) == "1: connection");
        table.acquire(2);
        CHECK(table.connected(++attempt, "a") == "2 gets a");
        CHECK(table.check_health() == "connect " + std::to_string(attempt + 1));
    }
}

TEST_CASE("close: waiters hear of it, attempts are cancelled, nothing stays open") {
    Table table({.max = 3});
    table.acquire(1);
    table.connected(1, "leased");
    CHECK(table.acquire(2) == "connect 2");
    CHECK(table.acquire(3) == "connect 3");
    CHECK(table.acquire(4) == "");
    CHECK(table.close() ==
          "cancel 2, cancel 3, 2: shutting_down, 3: shutting_down, 4: shutting_down");
    CHECK(table.close() == "");
    CHECK(table.acquire(5) == "5: shutting_down");
    CHECK(table.plan.stats().total == 3);
    CHECK(table.release("leased") == "close leased (shutdown)");
    CHECK(table.connected(2, "late") == "close late (shutdown)");
    CHECK(table.check_health() == "");
    CHECK(table.refused(3) == "");
    CHECK(table.plan.stats().total == 0);
}

TEST_CASE("close: idle connections are closed at once") {
    Table table;
    table.acquire(1);
    table.connected(1, "a");
    table.release("a");
    CHECK(table.close() == "close a (shutdown)");
    CHECK(table.close() == "");
    CHECK(table.plan.stats().total == 0);
}
