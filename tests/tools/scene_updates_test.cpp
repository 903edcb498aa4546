// Changes of the scene become updates of resources.
#include "offers_bench.hpp"

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

using Kind = mcp::Change::Kind;

struct Told {
    std::vector<std::string> resources;
    std::vector<std::string> subtrees;
};

Told tell(OffersBench& bench, const blender::SceneChange& change) {
    Told told;
    const auto observation = bench.registry.observe([&](const mcp::Change& update) {
        if (update.kind == Kind::resource) told.resources.push_back(update.subject);
        if (update.kind == Kind::subtree) told.subtrees.push_back(update.subject);
    });
    bench.blender.changes.publish(change);
    return told;
}

constexpr auto collections = "blender://default/collection/";
constexpr auto objects = "blender://default/object/";

TEST_CASE(
    "a change is told of the scene, its credits, the status, the collections and the objects") {
    OffersBench bench;
    const auto told = tell(bench, {.generation = 5, .changed = {"Cube", "Äpfel/1 100%"}});
    CHECK(told.resources ==
          std::vector<std::string>{"blender://default/scene", "blender://default/credits",
                                   "blender://status", "blender://default/object/Cube",
                                   "blender://default/object/%C3%84pfel%2F1%20100%25"});
    CHECK(told.subtrees == std::vector<std::string>{collections});
}

TEST_CASE("when it is not known which objects have changed, it may be any") {
    OffersBench bench;
    for (const auto& change : {blender::SceneChange{.changed = {"Cube"}, .more = true},
                               blender::SceneChange{.changed = {}, .file_changed = true},
                               blender::SceneChange{.changed = {"Cube", "material:Steel"}},
                               blender::SceneChange{.changed = {"action:Jump"}}}) {
        const auto told = tell(bench, change);
        CHECK(told.resources == std::vector<std::string>{"blender://default/scene",
                                                         "blender://default/credits",
                                                         "blender://status"});
        CHECK(told.subtrees == std::vector<std::string>{collections, objects});
    }
}

TEST_CASE("other data is nobody's in particular") {
    OffersBench bench;
    CHECK(tell(bench, {.changed = {"world:World", "scene:Scene"}}).subtrees ==
          std::vector<std::string>{collections});
}

TEST_CASE("nothing is told after the end of the subscription") {
    OffersBench bench;
    CHECK(bench.blender.changes.wanted());
    bench.changes = {};
    CHECK(!bench.blender.changes.wanted());
    CHECK(tell(bench, {.changed = {}, .file_changed = true}).resources.empty());
}

}  // namespace
}  // namespace blender_mcpd::tools
