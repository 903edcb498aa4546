#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/shutdown.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <support/catch.hpp>
#include <support/loop.hpp>

namespace blender_mcpd::core {

using namespace std::chrono_literals;
using How = ShutdownRegistry::Outcome::How;

namespace {

struct Bench {
    test::ManualLoop loop;
    ShutdownRegistry registry{loop.timers};
    std::string log;
    std::optional<std::vector<ShutdownRegistry::Outcome>> outcomes;

    ShutdownRegistry::Registration add(
        const std::string& name, ShutdownRegistry::Handler handler,
        ShutdownPriority priority = ShutdownPriority::calls,
        std::chrono::milliseconds limit = ShutdownRegistry::handler_limit) {
        auto added = registry.add(name, priority, std::move(handler), limit);
        REQUIRE(added.has_value());
        return std::move(*added);
    }
    ShutdownRegistry::Registration add(const std::string& name, ShutdownPriority priority) {
        return add(name, note(name), priority);
    }

    ShutdownRegistry::Handler note(const std::string& name) {
        return [this, name]() -> boost::asio::awaitable<void> { return append(log, name); };
    }
    static ShutdownRegistry::Handler wait_for(Event& event) {
        return [&event]() -> boost::asio::awaitable<void> { return event.wait(); };
    }
    static ShutdownRegistry::Handler throwing() {
        return [] { return fail(); };
    }

    /// Starts it; `outcomes` is set when it has ended.
    void run(std::chrono::milliseconds total = ShutdownRegistry::total_limit) {
        loop.spawn(store(registry, total, outcomes));
    }

    [[nodiscard]] std::string summary() const {
        if (!outcomes) return "still running";
        std::string text;
        for (const auto& outcome : *outcomes)
            text += outcome.name + "=" + to_text(outcome.how) + " ";
        return text;
    }

  private:
    static std::string to_text(How how) {
        switch (how) {
            case How::finished:
                return "finished";
            case How::threw:
                return "threw";
            case How::abandoned:
                return "abandoned";
            case How::skipped:
                break;
        }
        return "skipped";
    }
    static boost::asio::awaitable<void> append(std::string& log, std::string name) {
        log += name;
        co_return;
    }
    static boost::asio::awaitable<void> fail() {
        throw std::runtime_error("deliberate");
        co_return;
    }
    static boost::asio::awaitable<void> store(
        ShutdownRegistry& registry, std::chrono::milliseconds total,
        std::optional<std::vector<ShutdownRegistry::Outcome>>& outcomes) {
        auto result = co_await registry.run(total);
        outcomes.emplace(std::move(result));
    }
};

}  // namespace

TEST_CASE("handlers run by priority, ties in order of registration") {
    Bench bench;
    const auto e = bench.add("e", ShutdownPriority::storage);
    const auto c = bench.add("c", ShutdownPriority::calls);
    const auto a = bench.add("a", ShutdownPriority::input);
    const auto d = bench.add("d", ShutdownPriority::calls);
    const auto b = bench.add("b", ShutdownPriority::input);
    const auto f = bench.add("f", ShutdownPriority::storage);
    bench.run();
    CHECK(bench.log == "abcdef");
    CHECK(bench.summary() == "a=finished b=finished c=finished d=finished e=finished f=finished ");
    CHECK(bench.loop.timers.armed().empty());
}

TEST_CASE("one handler runs after the other has ended") {
    Bench bench;
    Event gate(bench.loop.io.get_executor());
    const auto first = bench.add("first", Bench::wait_for(gate));
    const auto second = bench.add("second", bench.note("second"));
    bench.run();
    CHECK(bench.registry.running());
    CHECK(bench.log.empty());
    gate.set();
    bench.loop.settle();
    CHECK(bench.log == "second");
    CHECK(bench.summary() == "first=finished second=finished ");
}

TEST_CASE("a name can be registered once") {
    Bench bench;
    auto first = std::make_optional(bench.add("name", bench.note("1")));
    const auto second = bench.registry.add("name", ShutdownPriority::storage, bench.note("2"));
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == ErrorCode::invalid);
    CHECK_THAT(second.error().message, ContainsSubstring("'name'"));
    first.reset();
    const auto third = bench.add("name", bench.note("3"));
    bench.run();
    CHECK(bench.log == "3");
}

TEST_CASE("a registration ends with its owner") {
    Bench bench;
    for (int i = 0; i < 1000; ++i) {
        const auto registration = bench.add("component", bench.note("x"));
        CHECK(bench.registry.size() == 1);
    }
    CHECK(bench.registry.size() == 0);
    bench.run();
    CHECK(bench.log.empty());
    CHECK(bench.summary().empty());
}

TEST_CASE("a registration can be moved") {
    Bench bench;
    auto first = bench.add("first", bench.note("1"));
    auto second = bench.add("second", bench.note("2"));
    auto moved = std::move(first);
    CHECK(bench.registry.size() == 2);
    second = ShutdownRegistry::Registration{};
    CHECK(bench.registry.size() == 1);
    bench.run();
    CHECK(bench.log == "1");
}

TEST_CASE("a registration may outlive the registry") {
    test::ManualLoop loop;
    ShutdownRegistry::Registration registration;
    {
        ShutdownRegistry registry(loop.timers);
        auto added = registry.add("name", ShutdownPriority::input,
                                  [] { return boost::asio::awaitable<void>(); });
        registration = std::move(*added);
    }
    registration = ShutdownRegistry::Registration{};
}

TEST_CASE("a handler that throws does not stop the rest") {
    Bench bench;
    const auto bad = bench.add("bad", Bench::throwing());
    const auto immediate = bench.add("immediate", []() -> boost::asio::awaitable<void> {
        throw std::runtime_error("before it suspends");
    });
    const auto good = bench.add("good", bench.note("good"));
    bench.run();
    CHECK(bench.log == "good");
    CHECK(bench.summary() == "bad=threw immediate=threw good=finished ");
}

TEST_CASE("a handler that hangs is abandoned at its limit") {
    Bench bench;
    Event never(bench.loop.io.get_executor());
    const auto slow = bench.add("slow", Bench::wait_for(never));
    const auto hasty = bench.add("hasty", Bench::wait_for(never), ShutdownPriority::calls, 200ms);
    const auto good = bench.add("good", bench.note("good"));
    bench.run();
    bench.loop.advance(4'999ms);
    CHECK(bench.log.empty());
    bench.loop.advance(1ms);  // now the second one
    bench.loop.advance(199ms);
    CHECK(bench.log.empty());
    bench.loop.advance(1ms);
    CHECK(bench.summary() == "slow=abandoned hasty=abandoned good=finished ");
    CHECK(bench.loop.timers.armed().empty());

    // What was abandoned may still come back, to nobody.
    never.set();
    bench.loop.settle();
    CHECK(bench.summary() == "slow=abandoned hasty=abandoned good=finished ");
}

TEST_CASE("the total limit cuts one handler short and skips the rest") {
    Bench bench;
    Event never(bench.loop.io.get_executor());
    const auto a = bench.add("a", Bench::wait_for(never));
    const auto b = bench.add("b", Bench::wait_for(never));
    const auto c = bench.add("c", bench.note("c"));
    bench.run(7s);
    bench.loop.advance(5s);
    bench.loop.advance(1'999ms);
    CHECK_FALSE(bench.outcomes);
    bench.loop.advance(1ms);
    CHECK(bench.summary() == "a=abandoned b=abandoned c=skipped ");
    CHECK(bench.log.empty());
}

TEST_CASE("the limits are those of the requirements") {
    CHECK(ShutdownRegistry::handler_limit == 5s);
    CHECK(ShutdownRegistry::total_limit == 30s);
}

TEST_CASE("shutdown runs once") {
    Bench bench;
    Event gate(bench.loop.io.get_executor());
    const auto slow = bench.add("slow", Bench::wait_for(gate));
    const auto good = bench.add("good", bench.note("good"));
    bench.run();
    bench.loop.spawn(
        [](ShutdownRegistry& registry, std::string& log) -> boost::asio::awaitable<void> {
            const auto second = co_await registry.run();
            log += second.empty() ? "nothing " : "again ";
        }(bench.registry, bench.log));
    CHECK(bench.log == "nothing ");
    gate.set();
    bench.loop.settle();
    CHECK(bench.log == "nothing good");
    bench.outcomes.reset();
    bench.run();
    CHECK(bench.summary().empty());
    CHECK(bench.log == "nothing good");
}

TEST_CASE("nothing can be added once shutdown has begun") {
    Bench bench;
    std::optional<ErrorCode> inside;
    const auto late = bench.add("late", [&]() -> boost::asio::awaitable<void> {
        const auto added = bench.registry.add("new", ShutdownPriority::storage, bench.note("new"));
        inside = added ? ErrorCode::internal : added.error().code;
        return bench.note("late")();
    });
    bench.run();
    CHECK(inside == ErrorCode::shutting_down);
    CHECK(bench.log == "late");
    const auto after = bench.registry.add("after", ShutdownPriority::input, bench.note("after"));
    REQUIRE_FALSE(after.has_value());
    CHECK(after.error().code == ErrorCode::shutting_down);
    CHECK_THAT(after.error().message, ContainsSubstring("after"));
}

TEST_CASE("a handler may end registrations") {
    Bench bench;
    std::optional<ShutdownRegistry::Registration> own;
    std::optional<ShutdownRegistry::Registration> earlier = bench.add("a", bench.note("a"));
    std::optional<ShutdownRegistry::Registration> later;
    own = bench.add("b", [&]() -> boost::asio::awaitable<void> {
        own.reset();
        earlier.reset();
        later.reset();
        return bench.note("b")();
    });
    later = bench.add("c", bench.note("c"));
    const auto last = bench.add("d", bench.note("d"));
    bench.run();
    CHECK(bench.log == "abd");
    CHECK(bench.summary() == "a=finished b=finished d=finished ");
}

}  // namespace blender_mcpd::core
