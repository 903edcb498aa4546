// The pool's plan under random events: what must hold after every one of them.
#include "fake_connection.hpp"
#include "pool_plan.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <random>
#include <set>
#include <vector>

#include <support/catch.hpp>

using namespace blender_mcpd;
using namespace std::chrono_literals;
using link::PoolPlan;
using test::FakeConnection;

namespace {

/// Plays at random against a plan.
struct Game {
    static constexpr std::size_t max = 3;
    static constexpr std::size_t max_waiters = 5;
    static constexpr std::size_t clients = 3;

    Game(unsigned seed, std::size_t min) : random(seed), least(min) {}

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
                check_health();
            check();
        }
    }

    /// Everybody who waits is served or told, and everything is given back.
    void end() {
        while (!waiters.empty() || !leased.empty() || !attempts.empty()) {
            finish_attempt();
            release();
            check();
        }
        perform(plan.close());
        CHECK(plan.stats().total == 0);
        for (const auto& connection : opened)
            CHECK(connection->closed);
        CHECK(served + told + gave_up == last_ticket);
        CHECK(plan.stats().opened == opened_count);
        CHECK(plan.stats().discarded + closed_by_shutdown == opened_count);
    }

    std::size_t pick(std::size_t below) { return random() % below; }

    void perform(const PoolPlan::Actions& actions) {
        for (const auto& action : actions) {
            if (const auto* connect = std::get_if<PoolPlan::Connect>(&action))
                begin(connect->attempt);
            else if (const auto* cancelled = std::get_if<PoolPlan::CancelConnect>(&action))
                CHECK(attempts.contains(cancelled->attempt));
            else if (const auto* close = std::get_if<PoolPlan::Close>(&action))
                discard(*close);
            else
                take(std::get<PoolPlan::Deliver>(action));
        }
    }
    void begin(PoolPlan::Attempt attempt) {
        CHECK(attempt > last_attempt);  // ids are unique and increasing
        last_attempt = attempt;
        attempts.insert(attempt);
    }
    void discard(const PoolPlan::Close& close) {
        for (const auto& lease : leased)
            CHECK(lease.connection != close.what.connection);
        closed_by_shutdown += close.why == PoolPlan::CloseReason::shutdown;
        close.what.connection->close();
    }
    void take(const PoolPlan::Deliver& delivery) {
        const auto waiter = find(delivery.ticket);
        REQUIRE(waiter != waiters.end());  // never served twice, never after giving up
        if (delivery.connection) {
            CHECK(waiter == head_of(waiter->client));  // first come first served
            const auto& pooled = *delivery.connection;
            CHECK(pooled.connection->usable());
            for (const auto& lease : leased)
                CHECK(lease.connection != pooled.connection);
            leased.push_back(pooled);
            ++served;
            took_turn(*waiter);
        } else {
            ++(delivery.ticket == giving_up ? gave_up : told);
        }
        waiters.erase(waiter);
    }

    struct Waiter {
        PoolPlan::Ticket ticket;
        std::size_t client;
        // Of each other client, since this one heads the line of its own.
        std::array<int, clients> served_before{};
    };
    using Waiters = std::vector<Waiter>;

    Waiters::iterator find(PoolPlan::Ticket ticket) {
        return std::find_if(waiters.begin(), waiters.end(),
                            [&](const Waiter& each) { return each.ticket == ticket; });
    }
    Waiters::iterator head_of(std::size_t client) {
        return std::find_if(waiters.begin(), waiters.end(),
                            [&](const Waiter& each) { return each.client == client; });
    }
    void took_turn(const Waiter& one) {
        for (std::size_t other = 0; other < clients; ++other) {
            const auto head = head_of(other);
            if (other == one.client || head == waiters.end()) continue;
            longest = std::max(longest, ++head->served_before[one.client]);
            CHECK(head->served_before[one.client] <= 1);
        }
    }

    void enter() {
        // The first client floods.
        const auto client = pick(2) == 0 ? 0 : pick(clients);
        waiters.push_back({++last_ticket, client});
        perform(plan.acquire(last_ticket, names[client], now));
    }
    void finish_attempt() {
        if (attempts.empty()) return;
        const auto attempt =
            *std::next(attempts.begin(), static_cast<std::ptrdiff_t>(pick(attempts.size())));
        attempts.erase(attempt);
        if (pick(3) == 0) return perform(plan.connected(attempt, core::Error{}, now));
        std::erase_if(opened, [](const auto& connection) { return connection->closed; });
        opened.push_back(std::make_shared<FakeConnection>());
        ++opened_count;
        perform(plan.connected(attempt, opened.back(), now));
    }
    void release() {
        if (leased.empty()) return;
        const auto at = leased.begin() + static_cast<std::ptrdiff_t>(pick(leased.size()));
        const auto lease = *at;
        leased.erase(at);
        ++std::static_pointer_cast<FakeConnection>(lease.connection)->carried;
        perform(plan.released(lease, now));
    }
    void give_up() {
        giving_up = waiters.empty() || pick(2) == 0 ? 1 + pick(last_ticket + 1)
                                                    : waiters[pick(waiters.size())].ticket;
        perform(pick(2) == 0 ? plan.time_out(giving_up, now)
                             : plan.cancel(giving_up, core::CancelReason::client));
        CHECK(find(giving_up) == waiters.end());
        giving_up = 0;
    }
    void kill() {
        if (!opened.empty()) opened[pick(opened.size())]->alive = false;
    }
    void check_health() {
        now += 700ms;
        perform(plan.check_health(now));
        for (const auto& connection : opened)
            if (!connection->alive && !connection->closed) CHECK(is_leased(*connection));
    }
    [[nodiscard]] bool is_leased(const link::Connection& connection) const {
        return std::any_of(leased.begin(), leased.end(), [&](const auto& lease) {
            return lease.connection.get() == &connection;
        });
    }

    void check() const {
        const auto stats = plan.stats();
        CHECK(stats.total == stats.active + stats.idle + stats.connecting);
        CHECK(stats.total <= max);
        CHECK(stats.active == leased.size());
        CHECK(stats.connecting == attempts.size());
        CHECK(plan.waiting() <= waiters.size());
        // Whose attempt served another were admitted, and stay.
        CHECK(waiters.size() <= max_waiters + max);
        if (!waiters.empty()) CHECK(stats.idle == 0);
        if (stats.waiting > 0) CHECK(stats.total == max);  // nobody waits beside a free slot
    }

    std::mt19937 random;
    std::size_t least;
    PoolPlan plan{{.max = max,
                   .min = least,
                   .max_waiters = max_waiters,
                   .idle_timeout = 5s,
                   .max_requests_per_connection = 4}};
    core::TimePoint now{};
    PoolPlan::Ticket last_ticket = 0;
    PoolPlan::Ticket giving_up = 0;
    PoolPlan::Attempt last_attempt = 0;
    static constexpr std::array names{"a", "b", "c"};
    Waiters waiters;  // in the order in which they came
    std::set<PoolPlan::Attempt> attempts;
    std::vector<PoolPlan::Pooled> leased;
    std::vector<std::shared_ptr<FakeConnection>> opened;  // without those closed long ago
    std::uint64_t opened_count = 0;
    std::uint64_t closed_by_shutdown = 0;
    std::uint64_t served = 0;
    int longest = 0;         // that anybody was served before somebody at the head of another line
    std::uint64_t told = 0;  // an error that they did not ask for
    std::uint64_t gave_up = 0;
};

}  // namespace

TEST_CASE("the rules of the pool hold in 100,000 random events") {
    for (const std::size_t min : {0U, 1U, 2U, 3U}) {
        INFO("min " << min);
        Game game(20'260'101U + static_cast<unsigned>(min), min);
        game.play(25'000);
        CHECK(game.served > 2'000);
        CHECK(game.longest == 1);
        CHECK(game.told > 200);
        CHECK(game.gave_up > 200);
        game.end();
    }
}

TEST_CASE("the rules of the pool hold from many starts") {
    for (unsigned seed = 0; seed < 60; ++seed) {
        INFO("seed " << seed);
        Game game(seed, seed % 4);
        game.play(300);
        game.end();
    }
}

TEST_CASE("an undisturbed pool reaches its minimum at the next check") {
    for (unsigned seed = 0; seed < 60; ++seed) {
        INFO("seed " << seed);
        Game game(seed, 2);
        game.play(100);
        game.now += 1h;  // whatever pause there was is over
        game.check_health();
        const auto stats = game.plan.stats();
        CHECK(stats.total >= 2);
        game.end();
    }
}
