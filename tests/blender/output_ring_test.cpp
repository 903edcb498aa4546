#include "output_ring.hpp"

#include <string>

#include <support/catch.hpp>

namespace blender_mcpd::blender {

TEST_CASE("the ring keeps everything that fits") {
    OutputRing ring(10);
    CHECK(ring.tail().empty());
    ring.append("12345");
    ring.append("");
    ring.append("67890");
    CHECK(ring.tail() == "1234567890");
}

TEST_CASE("the ring drops the oldest, and begins at a line") {
    OutputRing ring(10);
    ring.append("first\nsecond\n");
    CHECK(ring.tail() == "second\n");
    ring.append("third");
    CHECK(ring.tail() == "third");
    ring.append("0123456789abc");
    CHECK(ring.tail() == "3456789abc");  // one long line: its end
}

TEST_CASE("the ring is bounded, and its tail does not depend on the pieces") {
    std::string all;
    for (int i = 0; i < 1000; ++i)
        all += "line " + std::to_string(i) + "\n";
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100}, all.size()}) {
        OutputRing ring(20);
        for (std::size_t i = 0; i < all.size(); i += piece)
            ring.append(std::string_view(all).substr(i, piece));
        CHECK(ring.tail() == "line 998\nline 999\n");
    }
}

}  // namespace blender_mcpd::blender
