#include "http_replay.hpp"

#include <support/catch.hpp>

namespace blender_mcpd::transport::http {

using namespace std::chrono_literals;

TEST_CASE("event ids are read as they are written") {
    for (const EventId id : {EventId{0, 0}, EventId{3, 7}, EventId{~0ULL, ~0ULL}})
        CHECK(read_event_id(to_string(id)) == id);
    for (const auto* text : {"", "-", "1", "1-", "-1", "1-2-3", "01-2", "1-02", "+1-2", "1- 2",
                             "a-b", "18446744073709551616-0"})
        CHECK_FALSE(read_event_id(text).has_value());
}

TEST_CASE("events are kept by stream, in order, and within limits") {
    const core::TimePoint start{};
    Replay replay({3, 10, 60s});
    const auto keep = [&](EventId id, const std::string& text, core::TimePoint at) {
        replay.keep(id, text, at);
    };
    keep({1, 1}, "a", start);
    keep({2, 1}, "b", start);
    keep({1, 2}, "c", start + 1s);
    CHECK(replay.after({1, 0}, start) == "ac");
    CHECK(replay.after({1, 1}, start) == "c");
    CHECK(replay.after({1, 2}, start).empty());
    CHECK(replay.after({3, 0}, start).empty());
    CHECK(replay.has(2, start));
    CHECK_FALSE(replay.has(3, start));

    SECTION("in number") {
        keep({1, 3}, "d", start);
        CHECK(replay.after({1, 0}, start) == "cd");
        CHECK(replay.size() == 3);
    }
    SECTION("in bytes") {
        keep({3, 1}, "123456789", start);
        CHECK(replay.size() == 2);
        CHECK(replay.bytes() == 10);
        keep({3, 2}, "12345678901", start);  // too long for any
        CHECK(replay.size() == 2);
    }
    SECTION("in time") {
        CHECK(replay.has(2, start + 60s));
        CHECK_FALSE(replay.has(2, start + 60s + 1ms));
        CHECK(replay.after({1, 0}, start + 60s + 1ms) == "c");
        CHECK(replay.bytes() == 1);
    }
}

}  // namespace blender_mcpd::transport::http
