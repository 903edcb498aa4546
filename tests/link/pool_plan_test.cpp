#include "pool_plan.hpp"

#include "fake_connection.hpp"
#include "print.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <support/catch.hpp>

using namespace blender_mcpd;
using namespace std::chrono_literals;
using core::ErrorCode;
using link::PoolOptions;
using link::PoolPlan;
using test::FakeConnection;

namespace {

/// A plan and what it has been told and has asked for, in words: "connect 1", "cancel 1", "2 gets
/// a", "3: timeout".
struct Table {
    explicit Table(const PoolOptions& options = {}) : plan(options) {}

    std::string acquire(PoolPlan::Ticket ticket) { return words(plan.acquire(ticket)); }
    std::string time_out(PoolPlan::Ticket ticket) { return words(plan.time_out(ticket)); }
    std::string cancel(PoolPlan::Ticket ticket) {
        return words(plan.cancel(ticket, core::CancelReason::client));
    }
    std::string connected(PoolPlan::Attempt attempt, const std::string& name) {
        return words(plan.connected(attempt, named(name), now));
    }
    std::string refused(PoolPlan::Attempt attempt) {
        return words(plan.connected(
            attempt, core::Error{.code = ErrorCode::connection, .message = "refused"}, now));
    }
    std::string release(const std::string& name) { return words(plan.released(named(name), now)); }
    std::string close() { return words(plan.close()); }

    std::shared_ptr<FakeConnection> named(const std::string& name) {
        auto& connection = connections[name];
        if (!connection) {
            connection = std::make_shared<FakeConnection>();
            connection->hello = name;
        }
        return connection;
    }

    std::string words(const PoolPlan::Actions& actions) {
        std::string all;
        for (const auto& action : actions) {
            if (!all.empty()) all += ", ";
            if (const auto* connect = std::get_if<PoolPlan::Connect>(&action))
                all += "connect " + std::to_string(connect->attempt);
            else if (const auto* cancelled = std::get_if<PoolPlan::CancelConnect>(&action))
                all += "cancel " + std::to_string(cancelled->attempt);
            else
                all += words(std::get<PoolPlan::Deliver>(action));
        }
        check_stats();
        return all;
    }
    static std::string words(const PoolPlan::Deliver& delivery) {
        const auto ticket = std::to_string(delivery.ticket);
        if (!delivery.connection)
            return ticket + ": " + std::string(to_string(delivery.connection.error().code));
        return ticket + " gets " + (*delivery.connection)->peer_hello();
    }

    void check_stats() const {
        const auto stats = plan.stats();
        CHECK(stats.total == stats.active + stats.idle + stats.connecting);
    }

    PoolPlan plan;
    core::TimePoint now{};
    std::map<std::string, std::shared_ptr<FakeConnection>> connections;
};

}  // namespace

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
    CHECK(table.release("a") == "connect 2");
    CHECK(table.named("a")->closed);
    CHECK(table.connected(2, "b") == "3 gets b");
    CHECK(table.plan.stats().discarded == 1);
}

TEST_CASE("an unusable connection is closed when it comes back") {
    Table table({.max = 1});
    table.acquire(1);
    table.connected(1, "a");
    table.acquire(2);
    table.named("a")->alive = false;
    CHECK(table.release("a") == "connect 2");
    CHECK(table.named("a")->closed);
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
    CHECK(table.acquire(3) == "connect 3");
    CHECK(table.acquire(4) == "connect 4");
    CHECK(table.named("a")->closed);
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
    CHECK(table.plan.expire(table.now) == core::TimePoint(10s));
    table.now = core::TimePoint(10s) - 1ms;
    CHECK(table.plan.expire(table.now) == core::TimePoint(10s));
    CHECK_FALSE(table.named("a")->closed);
    table.now += 1ms;
    CHECK(table.plan.expire(table.now) == core::TimePoint(14s));
    CHECK(table.named("a")->closed);
    CHECK_FALSE(table.named("b")->closed);
    CHECK(table.plan.expire(core::TimePoint(14s)) == std::nullopt);
    CHECK(table.named("b")->closed);
    CHECK(table.plan.stats().discarded == 2);
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
    CHECK(table.release("leased") == "");
    CHECK(table.named("leased")->closed);
    CHECK(table.connected(2, "late") == "");
    CHECK(table.named("late")->closed);
    CHECK(table.refused(3) == "");
    CHECK(table.plan.stats().total == 0);
}

TEST_CASE("close: idle connections are closed at once") {
    Table table;
    table.acquire(1);
    table.connected(1, "a");
    table.release("a");
    CHECK(table.close() == "");
    CHECK(table.named("a")->closed);
    CHECK(table.plan.stats().total == 0);
}

namespace {

/// Plays at random against the plan and checks after every move what must always hold.
struct Game {
    explicit Game(unsigned seed) : random(seed) {}

    void play(int moves) {
        for (int move = 0; move < moves; ++move) {
            const auto kind = pick(20);
            if (kind < 7)
                enter();
            else if (kind < 10)
                finish_attempt();
            else if (kind < 14)
                release();
            else if (kind < 16)
                give_up();
            else if (kind < 18)
                kill();
            else
                expire();
            check();
        }
        while (!attempts.empty())
            finish_attempt();
        while (!leased.empty())
            release();
    }

    std::size_t pick(std::size_t below) { return random() % below; }

    void perform(const PoolPlan::Actions& actions) {
        for (const auto& action : actions) {
            if (const auto* connect = std::get_if<PoolPlan::Connect>(&action))
                CHECK(attempts.insert(connect->attempt).second);
            else if (const auto* cancelled = std::get_if<PoolPlan::CancelConnect>(&action))
                CHECK(attempts.contains(cancelled->attempt));
            else
                take(std::get<PoolPlan::Deliver>(action));
        }
    }
    void take(const PoolPlan::Deliver& delivery) {
        const auto waiter = std::find(waiters.begin(), waiters.end(), delivery.ticket);
        REQUIRE(waiter != waiters.end());  // never served twice, never after giving up
        if (delivery.connection) {
            CHECK(waiter == waiters.begin());  // first come first served
            const auto connection = std::static_pointer_cast<FakeConnection>(*delivery.connection);
            CHECK(connection->usable());
            CHECK(std::find(leased.begin(), leased.end(), connection) == leased.end());
            leased.push_back(connection);
        }
        waiters.erase(waiter);
    }

    void enter() {
        waiters.push_back(++last_ticket);
        perform(plan.acquire(last_ticket));
    }
    void finish_attempt() {
        if (attempts.empty()) return;
        const auto attempt =
            *std::next(attempts.begin(), static_cast<std::ptrdiff_t>(pick(attempts.size())));
        attempts.erase(attempt);
        if (pick(3) == 0) return perform(plan.connected(attempt, core::Error{}, now));
        all.push_back(std::make_shared<FakeConnection>());
        perform(plan.connected(attempt, all.back(), now));
    }
    void release() {
        if (leased.empty()) return;
        const auto at = leased.begin() + static_cast<std::ptrdiff_t>(pick(leased.size()));
        const auto connection = *at;
        leased.erase(at);
        ++connection->carried;
        perform(plan.released(connection, now));
    }
    void give_up() {
        const auto ticket = 1 + pick(last_ticket + 1);
        perform(pick(2) == 0 ? plan.time_out(ticket)
                             : plan.cancel(ticket, core::CancelReason::client));
        CHECK(std::find(waiters.begin(), waiters.end(), ticket) == waiters.end());
    }
    void kill() {
        if (!all.empty()) all[pick(all.size())]->alive = false;
    }
    void expire() {
        now += 1s;
        static_cast<void>(plan.expire(now));
    }

    void check() {
        const auto stats = plan.stats();
        CHECK(stats.total == stats.active + stats.idle + stats.connecting);
        CHECK(stats.total <= 3);
        CHECK(stats.active == leased.size());
        CHECK(stats.connecting == attempts.size());
        CHECK(stats.waiting <= 5 + 3);  // whose attempt served another were admitted and stay
        if (!waiters.empty()) CHECK(stats.idle == 0);
        if (stats.waiting > 0) CHECK(stats.total == 3);  // nobody waits beside a free slot
    }

    std::mt19937 random;
    PoolPlan plan{
        {.max = 3, .max_waiters = 5, .idle_timeout = 5s, .max_requests_per_connection = 4}};
    core::TimePoint now{};
    PoolPlan::Ticket last_ticket = 0;
    std::vector<PoolPlan::Ticket> waiters;
    std::set<PoolPlan::Attempt> attempts;
    std::vector<std::shared_ptr<FakeConnection>> leased;
    std::vector<std::shared_ptr<FakeConnection>> all;
};

}  // namespace

TEST_CASE("the rules hold in random games") {
    for (unsigned seed = 0; seed < 60; ++seed) {
        INFO("seed " << seed);
        Game game(seed);
        game.play(300);
        while (!game.waiters.empty())
            game.finish_attempt();  // nobody is forgotten
        game.check();
        game.perform(game.plan.close());
        CHECK(game.plan.stats().active == game.leased.size());
    }
}
