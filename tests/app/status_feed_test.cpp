// When those who watch the status page are told.
#include "status_feed.hpp"

#include <blender_mcpd/core/event.hpp>

#include <memory>
#include <string>
#include <vector>

#include <support/catch.hpp>
#include <support/loop.hpp>

namespace blender_mcpd::app {

namespace {

using namespace std::chrono_literals;

struct FeedStage {
    FeedStage() {
        gate.set();
        feed = std::make_shared<StatusFeed>(
            loop.timers, [this] { return look(); },
            [this](std::string text) {
                told.push_back(std::move(text));
                return taken;
            });
        feed->start();
        loop.settle();
    }
    ~FeedStage() {
        feed->end();
        gate.set();
        loop.settle();
        CHECK(loop.timers.armed().empty());
    }
    boost::asio::awaitable<std::string> look() {
        ++looks;
        co_await gate.wait();
        co_return state;
    }
    void news() {
        feed->news();
        loop.settle();
    }

    test::ManualLoop loop;
    core::Event gate{loop.io.get_executor()};
    std::string state = "one";
    std::vector<std::string> told;
    bool taken = true;
    int looks = 0;
    std::shared_ptr<StatusFeed> feed;
};

}  // namespace

TEST_CASE("news come at once, and then a few times a second at most") {
    FeedStage stage;
    CHECK(stage.told == std::vector<std::string>{"one"});
    stage.loop.advance(1s);
    stage.state = "two";
    stage.news();
    stage.loop.advance(0ms);
    CHECK(stage.told.back() == "two");
    for (int call = 0; call < 1'000; ++call) {
        stage.state = std::to_string(call);
        stage.news();
    }
    stage.loop.advance(249ms);
    CHECK(stage.looks == 2);
    stage.loop.advance(1ms);
    CHECK(stage.told == std::vector<std::string>{"one", "two", "999"});
}

TEST_CASE("what nobody tells of is looked at now and then, and told when it is new") {
    FeedStage stage;
    stage.loop.advance(2s);
    CHECK(stage.looks == 2);
    CHECK(stage.told.size() == 1);
    stage.state = "two";
    stage.loop.advance(1'999ms);
    CHECK(stage.told.size() == 1);
    stage.loop.advance(1ms);
    CHECK(stage.told.size() == 2);
}

TEST_CASE("one look at a time; news meanwhile are looked at afterwards") {
    FeedStage stage;
    stage.gate.reset();
    stage.loop.advance(2s);
    CHECK(stage.looks == 2);
    stage.news();
    stage.loop.advance(10s);
    CHECK(stage.looks == 2);
    stage.gate.set();
    stage.loop.settle();
    stage.loop.advance(250ms);
    CHECK(stage.looks == 3);
}

TEST_CASE("who could not take it is told again") {
    FeedStage stage;
    stage.taken = false;
    stage.state = "two";
    stage.news();
    stage.loop.advance(250ms);
    CHECK(stage.told.size() == 2);
    stage.taken = true;
    stage.loop.advance(250ms);
    CHECK(stage.told == std::vector<std::string>{"one", "two", "two"});
    stage.loop.advance(250ms);
    CHECK(stage.told.size() == 3);
}

TEST_CASE("after the end nothing is looked at or told") {
    FeedStage stage;
    stage.gate.reset();
    stage.loop.advance(2s);
    stage.state = "two";
    stage.feed->end();
    stage.gate.set();
    stage.loop.settle();
    stage.news();
    stage.loop.advance(10s);
    CHECK(stage.looks == 2);
    CHECK(stage.told.size() == 1);
}

}  // namespace blender_mcpd::app
