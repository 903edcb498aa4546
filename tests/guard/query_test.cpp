#include <blender_mcpd/guard/query.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::guard {
namespace {

std::string repeated(const std::string& text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i)
        out += text;
    return out;
}

std::string cleaned(const std::string& text) {
    core::Metrics metrics;
    const auto result = clean_query(text, metrics);
    CHECK(check_query(text).has_value() == result.has_value());
    if (result) return *result;
    CHECK(result.error().code == core::ErrorCode::invalid);
    return "refused: " + result.error().message;
}

TEST_CASE("queries in any language pass as they are") {
    for (const auto* query :
         {"oak tree", "стул", "椅子", "café", "C++", "rock & roll", "artist's chair", "50% off",
          "wood_01-b", "<b>?#/..;`$(x)", "🪑 chair", "ä", "नमस्ते", "\xEE\x80\x80"}) {
        CHECK(cleaned(query) == query);
    }
}

TEST_CASE("white space and invisible characters are cleaned away in this order") {
    struct Row {
        std::string name, text, expected;
    };
    const std::vector<Row> rows{
        {"a line break separates words", "red\ncar", "red car"},
        {"runs become one space", "  red \t\r\n\v\f car  ", "red car"},
        {"no-break, ideographic and line separators", "red\u00A0\u3000\u2028\u2029\u0085\u2003car",
         "red car"},
        {"NUL and other control characters", std::string("re\0d", 4) + "\x01\x1B\x7F\xC2\x80 car",
         "red car"},
        {"header injection", "a\r\nHost: evil", "a Host: evil"},
        {"zero-width characters", "r\u200B\u200Ce\u200D\u2060d", "red"},
        {"bidirectional overrides", "\u202Egnp\u202C.\u2066x\u2069", "gnp.x"},
        {"the byte order mark", "\uFEFFred", "red"},
        {"noncharacters", "r\uFDD0e\uFFFFd\U0010FFFE", "red"},
        {"nothing hidden keeps two spaces apart", "a \u200B b", "a b"},
        {"decomposed letters are composed", "cafe\u0301", "café"},
        {"also across what was removed", "cafe\u200B\u0301", "café"},
        {"singletons are normalised", "\u212B", "Å"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(cleaned(row.text) == row.expected);
    }
}

TEST_CASE("queries that are refused") {
    struct Row {
        std::string name, text, message;
    };
    const std::vector<Row> rows{
        {"empty", "", "Search query required"},
        {"white space only", " \t\u3000 ", "Query cannot be empty after cleaning"},
        {"invisible only", "\u200B\u202E\x01", "Query cannot be empty after cleaning"},
        {"too many characters", std::string(201, 'x'), "Search query too long"},
        {"too many wide characters", repeated("椅", 201), "Search query too long"},
        {"characters that only normal form C makes too many", repeated("\u0958", 101),
         "Search query too long"},
        {"too many bytes, though most are space", "x" + std::string(longest_raw_query, ' '),
         "Search query too long"},
        {"a lone continuation byte", "a\x80", "Search query is not valid UTF-8"},
        {"an overlong slash", "a\xC0\xAF", "Search query is not valid UTF-8"},
        {"a surrogate", "a\xED\xA0\x80", "Search query is not valid UTF-8"},
        {"a character that is cut off", "a\xE6\xA4", "Search query is not valid UTF-8"},
        {"beyond Unicode", "a\xF4\x90\x80\x80", "Search query is not valid UTF-8"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(cleaned(row.text) == "refused: " + row.message);
    }
}

TEST_CASE("the length is that of the cleaned query, in characters") {
    CHECK(cleaned(repeated("椅", 200)) == repeated("椅", 200));
    CHECK(cleaned(std::string(195, ' ') + "oak tree") == "oak tree");
    CHECK(cleaned(repeated("e\u0301", 200)) == repeated("é", 200));
    CHECK(cleaned("x" + std::string(longest_raw_query - 1, ' ')) == "x");
}

TEST_CASE("a query is counted as sanitized only when cleaning changed it") {
    core::Metrics metrics;
    CHECK(clean_query("oak tree", metrics).has_value());
    CHECK(clean_query("café", metrics).has_value());
    CHECK_FALSE(clean_query("\n", metrics).has_value());
    CHECK_FALSE(clean_query("", metrics).has_value());
    CHECK(metrics.value(query_sanitized) == 0);
    CHECK(clean_query("oak  tree", metrics).has_value());
    CHECK(clean_query("cafe\u0301", metrics).has_value());
    CHECK(metrics.value(query_sanitized) == 2);
    CHECK(check_query("oak  tree").has_value());
    CHECK(metrics.value(query_sanitized) == 2);
}

void append_utf8(std::string& out, std::uint32_t code) {
    const auto add = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) return add(code);
    if (code < 0x800) {
        add(0xC0U | code >> 6U);
    } else {
        if (code < 0x10000) {
            add(0xE0U | code >> 12U);
        } else {
            add(0xF0U | code >> 18U);
            add(0x80U | (code >> 12U & 0x3FU));
        }
        add(0x80U | (code >> 6U & 0x3FU));
    }
    add(0x80U | (code & 0x3FU));
}

TEST_CASE("cleaning twice is cleaning once") {
    std::mt19937 random(20240607);
    const auto below = [&](std::uint32_t limit) {
        return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random);
    };
    // Ranges where something happens: ASCII, accents, Hangul, spaces, Hebrew, everything.
    static constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 7> ranges{
        {{0x00, 0x80},
         {0xC0, 0x370},
         {0x1100, 0x1200},
         {0x1FC0, 0x2070},
         {0xFB1D, 0xFB50},
         {0xFE00, 0xFF00},
         {0x0, 0x110000}}};
    std::size_t accepted = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (auto length = below(30); length > 0; --length) {
            const auto [begin, end] = ranges.at(below(ranges.size()));
            const auto code = begin + below(end - begin);
            if (code < 0xD800 || code > 0xDFFF) append_utf8(text, code);
        }
        core::Metrics metrics;
        const auto once = clean_query(text, metrics);
        if (!once) continue;
        ++accepted;
        const auto before = metrics.value(query_sanitized);
        const auto twice = clean_query(*once, metrics);
        CAPTURE(text, *once);
        REQUIRE(twice.has_value());
        REQUIRE(*twice == *once);
        REQUIRE(metrics.value(query_sanitized) == before);
        REQUIRE(std::none_of(once->begin(), once->end(), [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
        }));
    }
    CHECK(accepted > 15'000);
}

}  // namespace
}  // namespace blender_mcpd::guard
