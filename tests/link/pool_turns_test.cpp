// Who is served when several clients wait, and what those are told who are not.
#include "pool_table.hpp"

#include <string>

#include <support/catch.hpp>

using namespace blender_mcpd;
using namespace std::chrono_literals;
using link::PoolPlan;
using test::Table;

TEST_CASE("clients that wait are served in turns, each one's acquires first come first served") {
    Table table({.max = 1});
    table.acquire(1, "flood");
    table.connected(1, "a");
    for (const PoolPlan::Ticket ticket : {2, 3, 4, 5})
        CHECK(table.acquire(ticket, "flood") == "");
    CHECK(table.acquire(6, "other") == "");
    CHECK(table.acquire(7, "other") == "");
    CHECK(table.acquire(8, "third") == "");
    CHECK(table.release("a") == "2 gets a");
    CHECK(table.release("a") == "6 gets a");
    SECTION("whoever gives up") {
        CHECK(table.cancel(3) == "3: cancelled");  // the next of its client takes its place
        CHECK(table.time_out(8) == "8: timeout");  // the last of its client
        CHECK(table.release("a") == "4 gets a");
        CHECK(table.acquire(9, "third") == "");  // begins anew, at the end
        CHECK(table.release("a") == "7 gets a");
        CHECK(table.release("a") == "5 gets a");
        CHECK(table.release("a") == "9 gets a");
    }
    SECTION("to the end") {
        CHECK(table.release("a") == "8 gets a");
        CHECK(table.release("a") == "3 gets a");
        CHECK(table.release("a") == "7 gets a");
        CHECK(table.release("a") == "4 gets a");
        CHECK(table.release("a") == "5 gets a");
    }
    CHECK(table.release("a") == "");
}

TEST_CASE("who calls one at a time is served at every second turn, however many wait") {
    Table table({.max = 1, .max_waiters = 1'000});
    table.acquire(1, "flood");
    table.connected(1, "a");
    PoolPlan::Ticket last = 1;
    for (int waiting = 0; waiting < 255; ++waiting)
        CHECK(table.acquire(++last, "flood") == "");
    PoolPlan::Ticket flooding = 1;
    for (int turn = 0; turn < 100; ++turn) {
        CHECK(table.acquire(++last, "other") == "");
        const auto other = std::to_string(last);
        CHECK(table.release("a") == std::to_string(++flooding) + " gets a");
        CHECK(table.acquire(++last, "flood") == "");
        CHECK(table.release("a") == other + " gets a");
    }
}

TEST_CASE("a failed connect was the turn of its client") {
    Table table({.max = 1});
    CHECK(table.acquire(1, "flood") == "connect 1");
    table.acquire(2, "flood");
    table.acquire(3, "other");
    CHECK(table.refused(1) == "1: connection, connect 2");
    CHECK(table.refused(2) == "3: connection, connect 3");
    CHECK(table.refused(3) == "2: connection");
}

TEST_CASE("who is refused, or waits in vain, is told when to come again") {
    Table table({.max = 2, .max_waiters = 4});
    PoolPlan::Ticket last = 0;
    const auto told = [](const PoolPlan::Actions& actions) {
        const auto& error = std::get<PoolPlan::Deliver>(actions.at(0)).connection.error();
        return error.details + " " + error.remedy.substr(error.remedy.rfind("Call"));
    };
    const auto refusal = [&] { return told(table.plan.acquire(++last, "one", table.now)); };
    table.acquire(++last);
    table.acquire(++last);
    table.connected(1, "a");
    table.connected(2, "b");
    for (int waiter = 0; waiter < 4; ++waiter)
        table.acquire(++last);
    SECTION("when nothing is known: 5 s for each") {
        CHECK(refusal() == R"({"retry_after_s":10} Call again in 10 s.)");
        CHECK(told(table.plan.time_out(3, table.now)) ==
              R"({"retry_after_s":10} Call again in 10 s.)");
    }
    SECTION("by how long calls took") {
        table.now += 400ms;
        table.release("a");  // 3 gets it
        table.acquire(++last);
        CHECK(refusal() == R"({"retry_after_s":1} Call again in 1 s.)");
    }
    SECTION("by how long one takes already, 60 s at most") {
        table.now += 7s;
        CHECK(refusal() == R"({"retry_after_s":14} Call again in 14 s.)");
        table.now += 1h;
        CHECK(refusal() == R"({"retry_after_s":60} Call again in 60 s.)");
    }
}
