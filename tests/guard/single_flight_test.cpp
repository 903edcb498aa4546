// One loader a key, several who wait. The loaders are ended by the test, step by step.
#include "cache_stage.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/guard/single_flight.hpp>

#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <support/loop.hpp>

using namespace blender_mcpd;
using namespace blender_mcpd::guard;
using boost::asio::awaitable;
using test::key;

namespace {

using LoadResult = core::Result<CachedResult>;

/// A loader that runs until the test, or its token, ends it.
struct Load {
    explicit Load(const boost::asio::any_io_executor& executor) : end(executor) {}
    core::Event end;
    core::CancelToken cancel;
    LoadResult result = std::make_shared<const std::string>("value");
    bool throws = false;
    bool obeys = true;  // ends when it is cancelled
    bool running = false;
};

struct FlightStage : test::ManualLoop {
    std::vector<std::unique_ptr<Load>> loads;  // outlive the flights, which cancel them
    std::optional<SingleFlight> flights{std::in_place, io.get_executor()};
    int running = 0;
    int most_running = 0;
    bool next_throws = false;
    bool next_obeys = true;

    awaitable<LoadResult> load(core::CancelToken cancel) {
        auto& mine = *loads.emplace_back(std::make_unique<Load>(io.get_executor()));
        mine.cancel = cancel;
        mine.throws = next_throws;
        mine.obeys = next_obeys;
        most_running = std::max(most_running, ++running);
        bool ended = false;
        if (mine.obeys) {
            ended = co_await mine.end.wait(cancel);
        } else {
            co_await mine.end.wait();
            ended = true;
        }
        --running;
        if (mine.throws) throw std::runtime_error("no luck");
        if (!ended)
            co_return core::Error{.code = core::ErrorCode::cancelled, .message = "loader stopped"};
        co_return mine.result;
    }

    struct Caller {
        core::CancelSource cancel;
        std::optional<LoadResult> result;
    };
    std::vector<std::unique_ptr<Caller>> callers;

    /// A new caller; returns its number.
    std::size_t call(const std::string& name = "a") {
        auto& caller = *callers.emplace_back(std::make_unique<Caller>());
        spawn(ask(key(name), caller));
        return callers.size() - 1;
    }
    awaitable<void> ask(CacheKey asked, Caller& caller) {
        SingleFlight::Loader loader = [this](core::CancelToken cancel) {
            return load(std::move(cancel));
        };
        caller.result =
            co_await flights->run(std::move(asked), std::move(loader), caller.cancel.token());
    }
    void cancel(std::size_t caller, core::CancelReason reason = core::CancelReason::client) {
        callers[caller]->cancel.cancel(reason);
        settle();
    }
    void end(std::size_t load) {
        loads[load]->end.set();
        settle();
    }
    [[nodiscard]] std::string outcome(std::size_t caller) const {
        const auto& result = callers[caller]->result;
        if (!result) return "waits";
        return result->has_value() ? **result.value() : describe(result->error());
    }
};

}  // namespace

TEST_CASE("callers of one key share one loader and its value") {
    FlightStage stage;
    for (int i = 0; i < 5; ++i)
        stage.call();
    stage.call("another");
    CHECK(stage.loads.size() == 2);
    stage.end(0);
    for (std::size_t caller = 0; caller < 5; ++caller)
        CHECK(stage.outcome(caller) == "value");
    CHECK(stage.callers[0]->result->value() == stage.callers[4]->result->value());
    CHECK(stage.outcome(5) == "waits");
    stage.end(1);
    CHECK(stage.outcome(5) == "value");
}

TEST_CASE("a result is not remembered: the next caller loads anew") {
    FlightStage stage;
    stage.call();
    stage.end(0);
    stage.call();
    CHECK(stage.loads.size() == 2);
    CHECK(stage.outcome(1) == "waits");
    stage.end(1);
    CHECK(stage.outcome(1) == "value");
}

TEST_CASE("an error of the loader goes to all who wait, and to nobody later") {
    FlightStage stage;
    SECTION("an error as a value") {
        stage.call();
        stage.call();
        stage.loads[0]->result =
            core::Error{.code = core::ErrorCode::blender, .message = "no such object"};
        stage.end(0);
        CHECK(stage.outcome(0) == "no such object");
        CHECK(stage.outcome(1) == "no such object");
    }
    SECTION("an exception") {
        stage.next_throws = true;
        stage.call();
        stage.call();
        stage.end(0);
        CHECK(stage.outcome(0) == "Reading get_object_info failed: unexpected exception: no luck");
        CHECK(stage.outcome(1) == stage.outcome(0));
        CHECK(stage.callers[0]->result->error().code == core::ErrorCode::internal);
    }
    stage.next_throws = false;
    stage.call();
    stage.end(1);
    CHECK(stage.outcome(2) == "value");
}

TEST_CASE("a loader that throws before it waits is no different") {
    FlightStage stage;
    struct Failing {
        static awaitable<LoadResult> load(bool known) {
            if (known) throw std::logic_error("at once");
            throw 42;
            co_return nullptr;
        }
        static awaitable<void> ask(SingleFlight& flights, bool known, std::string& text) {
            SingleFlight::Loader loader = [known](const core::CancelToken&) { return load(known); };
            auto asked = key("a");
            const auto result =
                co_await flights.run(std::move(asked), std::move(loader), core::CancelToken());
            text = describe(result.error());
        }
    };
    std::string text;
    stage.spawn(Failing::ask(*stage.flights, true, text));
    CHECK(text == "Reading get_object_info failed: unexpected exception: at once");
    stage.spawn(Failing::ask(*stage.flights, false, text));
    CHECK(text == "Reading get_object_info failed: unexpected exception: of an unknown type");
}

TEST_CASE("one caller's cancellation does not touch the others") {
    FlightStage stage;
    stage.call();
    stage.call();
    stage.cancel(0);
    CHECK(stage.outcome(0) == "Waiting for the result of get_object_info: cancelled by the client");
    CHECK(stage.callers[0]->result->error().code == core::ErrorCode::cancelled);
    CHECK_FALSE(stage.loads[0]->cancel.cancelled());
    CHECK(stage.outcome(1) == "waits");
    stage.end(0);
    CHECK(stage.outcome(1) == "value");
}

TEST_CASE("when the last caller leaves, the loader is cancelled with its reason") {
    FlightStage stage;
    stage.call();
    stage.call();
    stage.cancel(0, core::CancelReason::client);
    CHECK(stage.running == 1);
    stage.cancel(1, core::CancelReason::shutdown);
    CHECK(stage.callers[1]->result->error().code == core::ErrorCode::shutting_down);
    REQUIRE(stage.loads[0]->cancel.cancelled());
    CHECK(stage.loads[0]->cancel.reason() == core::CancelReason::shutdown);
    CHECK(stage.running == 0);
}

TEST_CASE("a caller that is cancelled already starts nothing") {
    FlightStage stage;
    stage.callers.push_back(std::make_unique<FlightStage::Caller>());
    stage.callers[0]->cancel.cancel(core::CancelReason::client);
    stage.spawn(stage.ask(key("a"), *stage.callers[0]));
    CHECK(stage.callers[0]->result->error().code == core::ErrorCode::cancelled);
    CHECK(stage.loads.empty());
}

TEST_CASE("after a cancelled loader the next waits for its end: never two at a time") {
    FlightStage stage;
    stage.next_obeys = false;
    stage.call();
    stage.cancel(0);
    CHECK(stage.running == 1);
    stage.call();
    stage.call();
    stage.call();
    CHECK(stage.loads.size() == 1);
    stage.cancel(1);  // also while waiting for that
    CHECK(stage.callers[1]->result->error().code == core::ErrorCode::cancelled);
    stage.end(0);
    CHECK(stage.loads.size() == 2);
    CHECK(stage.outcome(2) == "waits");
    stage.end(1);
    CHECK(stage.outcome(2) == "value");
    CHECK(stage.outcome(3) == "value");
    CHECK(stage.most_running == 1);
}

TEST_CASE("destroyed meanwhile, the loaders are cancelled and everybody is answered") {
    FlightStage stage;
    SECTION("loaders that obey") {
        stage.call();
        stage.call();
        stage.flights.reset();
        stage.settle();
        CHECK(stage.loads[0]->cancel.reason() == core::CancelReason::shutdown);
        CHECK(stage.outcome(0) == "loader stopped");
        CHECK(stage.outcome(1) == "loader stopped");
    }
    SECTION("a loader that finishes all the same") {
        stage.next_obeys = false;
        stage.call();
        stage.flights.reset();
        stage.settle();
        CHECK(stage.outcome(0) == "waits");
        stage.end(0);
        CHECK(stage.outcome(0) == "value");
    }
    SECTION("nothing begins afterwards") {
        stage.next_obeys = false;
        stage.call();
        stage.cancel(0);
        stage.call();  // waits for the cancelled one
        stage.flights.reset();
        stage.end(0);
        CHECK(stage.loads.size() == 1);
        CHECK(stage.callers[1]->result->error().code == core::ErrorCode::shutting_down);
    }
}

TEST_CASE("the loop may end in mid-flight") {
    auto stage = std::make_unique<FlightStage>();
    stage->call();
    stage->call();
    stage->call("another");
    SECTION("with the object") {}
    SECTION("after it") {
        stage->flights.reset();
    }
    stage.reset();
}

namespace {

/// The way of a read-only call: from the cache, or once from Blender into the cache.
struct ReadThrough : FlightStage {
    core::Metrics metrics;
    ResultCache cache{clock, metrics, {}};

    awaitable<LoadResult> read(core::CancelToken cancel) {
        const auto ticket = cache.begin_read("main");
        auto result = co_await load(std::move(cancel));
        if (result) cache.set(ticket, key("a"), *result, {});
        co_return result;
    }
    awaitable<void> get(std::optional<LoadResult>& result) {
        if (auto found = cache.get(key("a"))) {
            result = std::move(found);
            co_return;
        }
        SingleFlight::Loader loader = [this](core::CancelToken cancel) {
            return read(std::move(cancel));
        };
        auto asked = key("a");
        result = co_await flights->run(std::move(asked), std::move(loader), core::CancelToken());
    }
};

}  // namespace

TEST_CASE("with the cache, one load serves all, null too, and failures are not kept") {
    ReadThrough stage;
    std::optional<LoadResult> first;
    std::optional<LoadResult> second;
    std::optional<LoadResult> third;
    SECTION("a value, null") {
        stage.spawn(stage.get(first));
        stage.spawn(stage.get(second));
        stage.loads[0]->result = std::make_shared<const std::string>("null");
        stage.end(0);
        stage.spawn(stage.get(third));
        CHECK(stage.loads.size() == 1);
        CHECK(*third->value() == "null");
    }
    SECTION("an exception") {
        stage.next_throws = true;
        stage.spawn(stage.get(first));
        stage.end(0);
        CHECK(first->has_error());
        CHECK(stage.cache.stats().entries == 0);
        stage.spawn(stage.get(third));
        CHECK(stage.loads.size() == 2);
    }
    SECTION("a change in mid-read") {
        stage.spawn(stage.get(first));
        { const auto mutation = stage.cache.begin_mutation("main"); }
        stage.end(0);
        CHECK(first->has_value());
        CHECK(stage.cache.stats().entries == 0);
    }
}
