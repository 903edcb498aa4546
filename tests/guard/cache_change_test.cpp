// Results and changes of the scene: what was read before a change is not found after it.
#include "cache_stage.hpp"
#include "changes.hpp"

#include <memory>
#include <optional>
#include <string>

using namespace blender_mcpd;
using namespace blender_mcpd::guard;
using test::CacheStage;
using test::key;

TEST_CASE("what was read while a change began, ran or ended is not stored") {
    CacheStage stage;
    auto& cache = stage.cache;
    const auto store = [&](const ResultCache::Ticket& ticket) {
        cache.set(ticket, key("a"), make_result("old"), {});
        return stage.has("a");
    };
    const auto before = cache.begin_read("main");
    {
        const auto mutation = cache.begin_mutation("main");
        SECTION("read before, stored during") {
            CHECK_FALSE(store(before));
        }
        SECTION("read and stored during") {
            CHECK_FALSE(store(cache.begin_read("main")));
        }
    }
    SECTION("read before, stored after") {
        CHECK_FALSE(store(before));
    }
    SECTION("read during, stored after") {
        std::optional<ResultCache::Mutation> mutation(cache.begin_mutation("main"));
        const auto during = cache.begin_read("main");
        mutation.reset();
        CHECK_FALSE(store(during));
    }
    CHECK(store(cache.begin_read("main")));
}

TEST_CASE("while a change is in progress its instance is empty, and after it still is") {
    CacheStage stage;
    auto& cache = stage.cache;
    stage.put("a");
    cache.set(cache.begin_read("other"), key("a", "other"), make_result("{}"), {});

    std::optional<ResultCache::Mutation> first(cache.begin_mutation("main"));
    CHECK(cache.get(key("a")) == nullptr);
    CHECK_FALSE(stage.has("a"));
    CHECK(cache.get(key("a", "other")) != nullptr);
    cache.set(cache.begin_read("other"), key("b", "other"), make_result("{}"), {});
    CHECK(cache.peek(key("b", "other")));

    std::optional<ResultCache::Mutation> second(cache.begin_mutation("main"));
    first.reset();
    stage.put("a");
    CHECK_FALSE(stage.has("a"));
    auto moved = std::move(*second);
    second.reset();
    stage.put("a");
    CHECK_FALSE(stage.has("a"));
    { const auto last = std::move(moved); }
    CHECK_FALSE(stage.has("a"));
    stage.put("a");
    CHECK(stage.has("a"));
}

TEST_CASE("invalidating drops the instance, and what is being read") {
    CacheStage stage;
    auto& cache = stage.cache;
    stage.put("a");
    const auto ticket = cache.begin_read("main");
    cache.invalidate("main");
    CHECK_FALSE(stage.has("a"));
    cache.set(ticket, key("a"), make_result("old"), {});
    CHECK_FALSE(stage.has("a"));
}

TEST_CASE("an instance is invalidated by its name, taken literally") {
    CacheStage stage;
    auto& cache = stage.cache;
    const auto has = [&](const std::string& instance) {
        return cache.peek(key("a", instance)) != nullptr;
    };
    for (const std::string instance : {"main", "main2", ".*", "ma.n", "", "*"})
        cache.set(cache.begin_read(instance), key("a", instance), make_result("{}"), {});
    for (const std::string instance : {".*", "ma.n", "*", "", "mai", "(", "["}) {
        cache.invalidate(instance);
        CHECK_FALSE(has(instance));
    }
    CHECK(has("main"));
    CHECK(has("main2"));
    cache.invalidate("main");
    CHECK_FALSE(has("main"));
    CHECK(has("main2"));
}

TEST_CASE("a result is found only at the generation at which it was read") {
    CacheStage stage;
    auto& cache = stage.cache;
    cache.set(cache.begin_read("main"), key("a"), make_result("{}"), {.generation = 7});
    CHECK(cache.get(key("a"), 7) != nullptr);
    CHECK(cache.get(key("a"), 6) == nullptr);
    CHECK(cache.get(key("a"), 8) == nullptr);
    CHECK(cache.get(key("a")) == nullptr);
    CHECK(cache.peek(key("a"), 7));
    CHECK_FALSE(cache.peek(key("a"), 8));

    cache.set(cache.begin_read("main"), key("a"), make_result("{}"), {});
    CHECK(cache.get(key("a")) != nullptr);
    CHECK(cache.get(key("a"), 0) == nullptr);
}

TEST_CASE("a ticket of one instance stores nothing of another") {
    CacheStage stage;
    stage.cache.set(stage.cache.begin_read("other"), key("a"), make_result("{}"), {});
    CHECK(stage.cache.stats().entries == 0);
}

TEST_CASE("a change may outlive the cache") {
    auto stage = std::make_unique<CacheStage>();
    const auto mutation = stage->cache.begin_mutation("main");
    stage.reset();
}

TEST_CASE("changes are remembered within a bound, and forgotten on the safe side") {
    Changes changes;
    changes.begin("busy");
    changes.note("first");
    const auto ticket = changes.now();
    CHECK_FALSE(changes.since("first", ticket));
    CHECK_FALSE(changes.since("never seen", ticket));
    for (std::size_t i = 0; i < 10 * Changes::max_instances; ++i)
        changes.note("instance " + std::to_string(i));
    // Too much has happened to know: treated as changed.
    CHECK(changes.since("first", ticket));
    CHECK(changes.since("never seen", ticket));
    CHECK_FALSE(changes.since("first", changes.now()));
    // In progress is never forgotten.
    CHECK(changes.since("busy", changes.now()));
    changes.end("busy");
    CHECK(changes.since("busy", ticket));
    CHECK_FALSE(changes.since("busy", changes.now()));
}
