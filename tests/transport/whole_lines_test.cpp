#include "whole_lines.hpp"

#include <string>

#include <support/catch.hpp>

namespace blender_mcpd::transport {

TEST_CASE("only whole lines pass") {
    WholeLines lines;
    CHECK(lines.pass("").empty());
    CHECK(lines.pass("on").empty());
    CHECK(lines.pass("e\n") == "one\n");
    CHECK(lines.pass("two\nthree\nfo") == "two\nthree\n");
    CHECK(lines.pass("u").empty());
    CHECK(lines.pass("r\n\n") == "four\n\n");
    CHECK_FALSE(lines.in_line());
}

TEST_CASE("of a long line, parts pass") {
    WholeLines lines;
    const std::string half(WholeLines::max_held / 2, 'x');
    CHECK(lines.pass("first\n" + half) == "first\n");
    CHECK(lines.pass(half).empty());
    CHECK_FALSE(lines.in_line());
    CHECK(lines.pass("y") == half + half + "y");
    CHECK(lines.in_line());
    CHECK(lines.pass("z").empty());
    CHECK(lines.in_line());
    CHECK(lines.pass("\nnext") == "z\n");
    CHECK_FALSE(lines.in_line());
    CHECK(lines.pass("\n") == "next\n");
}

}  // namespace blender_mcpd::transport
