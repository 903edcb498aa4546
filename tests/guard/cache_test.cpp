// What the cache keeps and what it lets go.
#include "cache_stage.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <support/captured_log.hpp>

using namespace blender_mcpd;
using namespace blender_mcpd::guard;
using namespace std::chrono_literals;
using test::CacheStage;
using test::CapturedLog;
using test::key;

TEST_CASE("a stored result comes back as it was, whatever it is") {
    CacheStage stage;
    for (const std::string value :
         {R"({"name":"Cube"})", "null", "", "[]", "false", "\"\xF0\x9F\x90\x99\""}) {
        stage.put("a", value);
        const auto found = stage.cache.get(key("a"));
        REQUIRE(found != nullptr);
        CHECK(*found == value);
    }
    CHECK(stage.cache.get(key("b")) == nullptr);
    const auto stats = stage.cache.stats();
    CHECK(stats.hits == 6);
    CHECK(stats.misses == 1);
}

TEST_CASE("a result in use survives its entry") {
    CacheStage stage;
    stage.put("a", "value");
    const auto held = stage.cache.get(key("a"));
    stage.put("a", "newer");
    stage.cache.invalidate("main");
    CHECK(*held == "value");
}

TEST_CASE("keys that look alike when joined are different") {
    CacheStage stage;
    const std::vector<CacheKey> keys{{"a", "b", "c"},  {"ab", "", "c"},  {"a", "bc", ""},
                                     {"", "ab", "c"},  {"a:b", "", "c"}, {"a", "b:c", ""},
                                     {"a", "", "b:c"}, {"", "", "abc"}};
    for (std::size_t i = 0; i < keys.size(); ++i)
        stage.cache.set(stage.cache.begin_read(keys[i].instance), keys[i],
                        make_result(std::to_string(i)), {});
    CHECK(stage.cache.stats().entries == keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i)
        CHECK(*stage.cache.get(keys[i]) == std::to_string(i));
}

TEST_CASE("a cache that is off stores and counts nothing") {
    CacheStage stage({.enabled = false});
    CapturedLog log;
    stage.put("a", "{}", -1);
    CHECK(stage.cache.get(key("a")) == nullptr);
    CHECK_FALSE(stage.has("a"));
    CHECK(stage.cache.stats().entries == 0);
    CHECK(stage.cache.stats().misses == 0);
    CHECK(stage.metrics.value(ttl_capped) == 0);
    CHECK(log.text().empty());
}

TEST_CASE("the number of entries is never exceeded") {
    const std::size_t most = GENERATE(0, 1, 2, 7);
    CacheStage stage({.max_entries = most});
    for (int i = 0; i < 50; ++i) {
        stage.put(std::to_string(i % 11));
        CHECK(stage.cache.stats().entries <= most);
        CHECK(stage.has(std::to_string(i % 11)) == (most > 0));
    }
    CHECK(stage.cache.stats().entries == most);
}

TEST_CASE("overwriting a key evicts no other") {
    CacheStage stage({.max_entries = 2});
    stage.put("a", "1");
    stage.put("b", "2");
    for (int i = 0; i < 10; ++i)
        stage.put("b", std::to_string(i));
    CHECK(stage.has("a"));
    CHECK(*stage.cache.get(key("b")) == "9");
    CHECK(stage.cache.stats().evictions == 0);
}

TEST_CASE("overwriting with what does not fit beside the others drops the key alone") {
    // Two entries of "main" + "get_object_info" + 1 byte of arguments, and 10 bytes of value each.
    CacheStage stage({.max_bytes = 60});
    stage.put("a", std::string(10, 'a'));
    stage.put("b", std::string(10, 'b'));
    CHECK(stage.cache.stats().bytes == 60);
    stage.put("b", std::string(11, 'b'));
    CHECK(stage.has("a"));
    CHECK_FALSE(stage.has("b"));
    stage.put("b", std::string(11, 'b'));  // a new key now: the oldest goes
    CHECK_FALSE(stage.has("a"));
    CHECK(stage.has("b"));
}

TEST_CASE("what was used least recently goes first, and looking at it is use") {
    CacheStage stage({.max_entries = 3});
    for (const char* name : {"a", "b", "c"})
        stage.put(name);
    CHECK(stage.cache.get(key("a")) != nullptr);
    CHECK(stage.has("b"));  // contains() is no use
    stage.put("d");
    CHECK_FALSE(stage.has("b"));
    stage.put("c");  // overwriting is
    stage.put("e");
    CHECK_FALSE(stage.has("a"));
    CHECK(stage.has("c"));
    CHECK(stage.has("d"));
    CHECK(stage.has("e"));
    CHECK(stage.cache.stats().evictions == 2);
}

TEST_CASE("a scan of new keys does not throw out only the newest") {
    CacheStage stage({.max_entries = 10});
    for (int i = 0; i < 10; ++i) {
        stage.put("old" + std::to_string(i));
        CHECK(stage.cache.get(key("old" + std::to_string(i))) != nullptr);
    }
    for (int i = 0; i < 10; ++i)
        stage.put("new" + std::to_string(i));
    for (int i = 0; i < 10; ++i)
        CHECK(stage.has("new" + std::to_string(i)));
}

TEST_CASE("expired entries make room before any other") {
    CacheStage stage({.max_entries = 3});
    stage.put("oldest", "{}", 100);
    stage.put("short", "{}", 1);
    stage.put("newest", "{}", 100);
    stage.clock.advance(1s);
    stage.put("another", "{}", 100);
    CHECK(stage.has("oldest"));
    CHECK(stage.has("newest"));
    CHECK(stage.has("another"));
    CHECK(stage.cache.stats().evictions == 0);
}

TEST_CASE("expired entries are not found and do not stay in memory") {
    CacheStage stage;
    for (int i = 0; i < 100; ++i)
        stage.put(std::to_string(i), "{}", 1 + i % 2);
    stage.clock.advance(1s);
    CHECK_FALSE(stage.has("0"));
    CHECK(stage.cache.get(key("0")) == nullptr);
    CHECK(stage.cache.stats().entries == 99);
    SECTION("a sweep") {
        stage.cache.sweep();
        CHECK(stage.cache.stats().entries == 50);
    }
    SECTION("or the next insertion takes them away") {
        stage.put("next");
        CHECK(stage.cache.stats().entries == 51);
    }
}

TEST_CASE("the number of bytes, keys included, is never exceeded") {
    CacheStage stage({.max_bytes = 1'000});
    std::mt19937 random(5);
    for (int i = 0; i < 2'000; ++i) {
        const auto name = std::to_string(random() % 60);
        stage.put(name, std::string(random() % 300, 'x'));
        REQUIRE(stage.cache.stats().bytes <= 1'000);
    }
    CHECK(stage.cache.stats().evictions > 0);

    SECTION("what is larger by itself is not stored and pushes nothing out") {
        const auto before = stage.cache.stats().entries;
        stage.put("huge", std::string(1'001, 'x'));
        CHECK_FALSE(stage.has("huge"));
        CHECK(stage.cache.stats().entries == before);
        stage.put(std::string(2'000, 'k'), "");
        CHECK(stage.cache.stats().entries == before);
    }
    SECTION("what just fits is stored alone") {
        stage.put("x", std::string(1'000 - 4 - 15 - 1, 'x'));
        CHECK(stage.has("x"));
        CHECK(stage.cache.stats().entries == 1);
        CHECK(stage.cache.stats().bytes == 1'000);
    }
}

TEST_CASE("hits, misses, evictions, entries and bytes agree with the metrics") {
    CacheStage stage({.max_entries = 5});
    std::mt19937 random(11);
    std::uint64_t lookups = 0;
    for (int i = 0; i < 3'000; ++i) {
        const auto name = std::to_string(random() % 9);
        if (random() % 3 == 0) stage.put(name, std::string(random() % 50, 'x'), 5);
        if (random() % 20 == 0) stage.clock.advance(3s);
        if (random() % 50 == 0) stage.cache.invalidate("main");
        (void)stage.cache.get(key(name));
        ++lookups;
    }
    const auto stats = stage.cache.stats();
    CHECK(stats.hits + stats.misses == lookups);
    CHECK(stats.hits > 0);
    CHECK(stats.evictions > 0);
    CHECK(stage.metrics.value(cache_hits) == static_cast<std::int64_t>(stats.hits));
    CHECK(stage.metrics.value(cache_misses) == static_cast<std::int64_t>(stats.misses));
    CHECK(stage.metrics.value(cache_evictions) == static_cast<std::int64_t>(stats.evictions));
    CHECK(stage.metrics.value(cache_entries) == static_cast<std::int64_t>(stats.entries));
    CHECK(stage.metrics.value(cache_bytes) == static_cast<std::int64_t>(stats.bytes));
}

TEST_CASE("a cache that is gone has nothing in the gauges") {
    core::ManualClock clock;
    core::Metrics metrics;
    {
        ResultCache cache(clock, metrics, {});
        cache.set(cache.begin_read("main"), key("a"), make_result("{}"), {});
        CHECK(metrics.value(cache_entries) == 1);
    }
    CHECK(metrics.value(cache_entries) == 0);
    CHECK(metrics.value(cache_bytes) == 0);
}

TEST_CASE("storing is logged with the key escaped and shortened, the time to live and the size") {
    CacheStage stage;
    CapturedLog log;
    stage.put("a\n\x1b[31m", "{}", 1.5);
    CHECK(log.text() ==
          "debug: Cache entry set: key \"main get_object_info a\\x0a\\x1b[31m\", ttl 1500 ms, "
          "size 1 entries\n");
    stage.put(std::string(100'000, 'k'));
    CHECK(log.count("Cache entry set") == 2);
    CHECK(log.text().size() < 500);
}

TEST_CASE("nothing is logged about what was not stored") {
    CacheStage stage({.max_bytes = 10});
    CapturedLog log;
    stage.put("a");
    CHECK(log.text().empty());
}
