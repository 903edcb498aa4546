#include "line_buffer.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::transport {

namespace {

std::vector<std::string> take_all(LineBuffer& lines) {
    std::vector<std::string> taken;
    while (const auto line = lines.next())
        taken.push_back(line->oversized ? "<oversized>" : std::string(line->text));
    return taken;
}

/// The lines that come out when the stream arrives in pieces of that size.
std::vector<std::string> split(std::string_view stream, std::size_t piece, std::size_t limit) {
    LineBuffer lines(limit);
    std::vector<std::string> taken;
    for (std::size_t i = 0; i < stream.size(); i += piece) {
        lines.append(stream.substr(i, piece));
        for (auto& line : take_all(lines))
            taken.push_back(std::move(line));
    }
    if (const auto line = lines.rest()) taken.push_back("rest:" + std::string(line->text));
    return taken;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("lines come out whole, however the stream is cut") {
    struct Row {
        std::string stream;
        Lines expected;
    };
    const auto row = GENERATE(values<Row>({
        {"", {}},
        {"\n", {""}},
        {"a\n", {"a"}},
        {"a", {"rest:a"}},
        {"a\nb\n\nccc\nd", {"a", "b", "", "ccc", "rest:d"}},
        {"a\r\nb\r\n\r\n", {"a", "b", ""}},
        {"a\rb\r\n", {"a\rb"}},
        {"a\r", {"rest:a"}},
        {"a\r\n\r", {"a", "rest:"}},
        {"12345678\n123456789\n1\n", {"12345678", "<oversized>", "1"}},
        {"123456789", {"<oversized>"}},
        {"1234567890123456789012345\nx\n12345678901\r\ny",
         {"<oversized>", "x", "<oversized>", "rest:y"}},
        {"12345678", {"rest:12345678"}},
        {"1234567\r\nx\n", {"1234567", "x"}},
        {"123456789\n123456789\n", {"<oversized>", "<oversized>"}},
    }));
    for (std::size_t piece = 1; piece <= row.stream.size() + 1; ++piece) {
        CAPTURE(row.stream, piece);
        CHECK(split(row.stream, piece, 8) == row.expected);
    }
}

TEST_CASE("an oversized line is reported before it has ended") {
    LineBuffer lines(4);
    lines.append("1234");
    CHECK(take_all(lines).empty());
    lines.append("5");
    CHECK(take_all(lines) == Lines{"<oversized>"});
    lines.append("67890");
    CHECK(take_all(lines).empty());
    CHECK_FALSE(lines.rest());
    lines.append("x\nok\n");
    CHECK(take_all(lines) == Lines{"ok"});
}

TEST_CASE("text stays valid until the next call") {
    LineBuffer lines(100);
    lines.append("first\nsecond\n");
    const auto first = lines.next();
    REQUIRE(first);
    CHECK(first->text == "first");
    CHECK_FALSE(first->oversized);
    CHECK(lines.next()->text == "second");
    CHECK_FALSE(lines.next());
    CHECK_FALSE(lines.rest());
}

}  // namespace blender_mcpd::transport
