// Subscriptions: who is told, and who is not any more.
#include <blender_mcpd/blender/changes.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::blender {

namespace {

SceneChange change_of(std::string name) {
    SceneChange change;
    change.changed.push_back(std::move(name));
    return change;
}

ChangeHandler noting(std::vector<std::string>& told, std::string who) {
    return [&told, who = std::move(who)](const SceneChange& change) {
        told.push_back(who + " " + change.changed.at(0));
    };
}

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("changes: everybody is told in order, until the subscription ends") {
    ChangeFeed feed;
    Told told;
    auto first = feed.subscribe(noting(told, "first"));
    {
        const auto second = feed.subscribe(noting(told, "second"));
        feed.publish(change_of("A"));
    }
    feed.publish(change_of("B"));
    first = {};
    feed.publish(change_of("C"));
    CHECK(told == Told{"first A", "second A", "first B"});
    CHECK_FALSE(feed.wanted());
}

TEST_CASE("changes: a subscription that is moved goes on, one that is replaced ends") {
    ChangeFeed feed;
    Told told;
    auto first = feed.subscribe(noting(told, "first"));
    auto moved = std::move(first);
    feed.publish(change_of("A"));
    moved = feed.subscribe(noting(told, "second"));
    feed.publish(change_of("B"));
    auto& self = moved;
    moved = std::move(self);
    feed.publish(change_of("C"));
    CHECK(told == Told{"first A", "second B", "second C"});
}

TEST_CASE("changes: handlers may end any subscription, also their own, and subscribe anew") {
    ChangeFeed feed;
    Told told;
    ChangeSubscription own;
    ChangeSubscription other;
    ChangeSubscription later;
    own = feed.subscribe([&](const SceneChange& change) {
        told.push_back("own " + change.changed.at(0));
        own = {};
        other = {};
        later = feed.subscribe(noting(told, "later"));
    });
    other = feed.subscribe(noting(told, "other"));
    feed.publish(change_of("A"));
    CHECK(told == Told{"own A"});
    feed.publish(change_of("B"));
    CHECK(told == Told{"own A", "later B"});
}

TEST_CASE("changes: demand is told when it comes and goes, not in between") {
    std::vector<bool> demand;
    std::optional<ChangeFeed> feed;
    feed.emplace([&] { demand.push_back(feed->wanted()); });
    auto first = feed->subscribe([](const SceneChange&) {});
    auto second = feed->subscribe([](const SceneChange&) {});
    first = {};
    CHECK(demand == std::vector<bool>{true});
    second = {};
    CHECK(demand == std::vector<bool>{true, false});
    first = feed->subscribe([](const SceneChange&) {});
    CHECK(demand == std::vector<bool>{true, false, true});
    feed.reset();
    first = {};  // nobody is there to be told
    CHECK(demand.size() == 3);
}

}  // namespace blender_mcpd::blender
