#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::core {

using namespace std::string_literals;

namespace {

std::string base64(std::string_view bytes) {
    std::string out;
    append_base64(out, bytes);
    return out;
}

}  // namespace

TEST_CASE("base64 of the RFC 4648 examples") {
    struct Row {
        std::string bytes;
        std::string text;
    };
    const auto row = GENERATE(values<Row>({{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\xFF\xFE\xFD", "//79"},
                                           {"\xFB\xF0"s, "+/A="}}));
    CHECK(base64(row.bytes) == row.text);
    std::string decoded = "old";
    REQUIRE(decode_base64(decoded, row.text));
    CHECK(decoded == row.bytes);
}

TEST_CASE("base64 goes there and back for every length and byte") {
    std::string bytes;
    for (int i = 0; i < 600; ++i) {
        const auto text = base64(bytes);
        CHECK(text.size() == (bytes.size() + 2) / 3 * 4);
        std::string decoded;
        REQUIRE(decode_base64(decoded, text));
        REQUIRE(decoded == bytes);
        bytes += static_cast<char>(i * 7);
    }
}

TEST_CASE("base64 is appended") {
    std::string out = "data:";
    append_base64(out, "foo");
    CHECK(out == "data:Zm9v");
}

TEST_CASE("text that is not base64 is refused") {
    const auto text = GENERATE(as<std::string>(), "Z", "Zg", "Zg=", "Zm9vY", "=",
                               "==", "====", "Z===", "=Zg=", "Zg==Zg==", "Zm=v",
                               "Zg= ", " Zg=", "Zm9\n", "Zm-_", "Zm9v\n", "Zm9\xC3", "Zm9.",
                               "Zh==", "Zm9=");  // the last two have bits that no encoder sets
    CAPTURE(text);
    std::string out;
    CHECK_FALSE(decode_base64(out, text));
}

TEST_CASE("an excerpt is short, whole and printable") {
    struct Row {
        std::string text;
        std::size_t limit;
        std::string expected;
    };
    const auto row = GENERATE(values<Row>({
        {"", 10, ""},
        {"", 0, ""},
        {"abc", 3, "abc"},
        {"abcd", 3, "abc…"},
        {"a", 0, "…"},
        {"a\xC2\x9B\xC2\x80\xC2\x9F\xC2\xA0", 20, "a\\xc2\\x9b\\xc2\\x80\\xc2\\x9f\xC2\xA0"},
        {"\u202Eabc", 20, "\\xe2\\x80\\xaeabc"},
        {"\u2028\u200F\u2069\u2066", 20,
         "\\xe2\\x80\\xa8\\xe2\\x80\\x8f\\xe2\\x81\\xa9\\xe2\\x81\\xa6"},
        {"\u2014\u201C\u2030\u2065\u206A€", 20, "\u2014\u201C\u2030\u2065\u206A€"},
        {"\xE2\x80", 20, "\xE2\x80"},
        {"aé", 3, "aé"},
        {"aéx", 2, "a…"},  // inside the two bytes of é
        {"aéx", 3, "aé…"},
        {"€x", 1, "…"},  // inside the three bytes
        {"€x", 2, "…"},
        {"a😀", 4, "a…"},  // inside the four bytes
        {"😀😀", 4, "😀…"},
        {"\x80\x80\x80", 2, "…"},  // nothing but continuation bytes
        {"a\nb\tc", 10,
         "a\\x0ab\\x09"
         "c"},
        {"\x1b[31m", 10, "\\x1b[31m"},
        {"\x7f", 10, "\\x7f"},
        {"a\0b"s, 10,
         "a\\x00"
         "b"},
    }));
    CAPTURE(row.text, row.limit);
    CHECK(excerpt(row.text, row.limit) == row.expected);
}

TEST_CASE("an excerpt has 100 bytes when nothing else is said") {
    CHECK(excerpt(std::string(100, 'x')) == std::string(100, 'x'));
    CHECK(excerpt(std::string(101, 'x')) == std::string(100, 'x') + "…");
}

TEST_CASE("random hex") {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const auto text = random_hex(16);
        CHECK(text.size() == 32);
        CHECK(text.find_first_not_of("0123456789abcdef") == std::string::npos);
        seen.insert(text);
    }
    CHECK(seen.size() == 100);
    CHECK(random_hex(0).empty());
}

TEST_CASE("the nearest name is a misspelling, not another word") {
    const std::vector<std::string> names{"get_scene_info", "get_object_info", "render",
                                         "execute_blender_code"};
    struct Row {
        std::string word;
        std::string expected;
    };
    const auto row = GENERATE(values<Row>({{"render", "render"},
                                           {"rendr", "render"},
                                           {"Render", "render"},
                                           {"get_scene_inof", "get_scene_info"},
                                           {"get_objects_info", "get_object_info"},
                                           {"getSceneInfo", "get_scene_info"},
                                           {"execute_code", ""},
                                           {"screenshot", ""},
                                           {"", ""},
                                           {"x", ""}}));
    CAPTURE(row.word);
    CHECK(nearest(row.word, names) == row.expected);
}

TEST_CASE("the nearest of nothing, and of monsters") {
    CHECK(nearest("render", {}).empty());
    const std::vector<std::string> names{std::string(65, 'a'), std::string(64, 'b')};
    CHECK(nearest(std::string(65, 'a'), names).empty());
    CHECK(nearest(std::string(64, 'a'), names).empty());
    CHECK(nearest(std::string(63, 'b'), names) == names[1]);
}

TEST_CASE("the first of equally near names wins") {
    const std::vector<std::string> names{"bat", "cat", "rat"};
    CHECK(nearest("hat", names) == "bat");
}

TEST_CASE("lower case is that of ASCII, whatever else is there") {
    CHECK(lower_case("Mcp-Name 9_[@`{") == "mcp-name 9_[@`{");
    CHECK(lower_case("AZaz\xC3\x84\xFF") == "azaz\xC3\x84\xFF");
    CHECK(lower_case("").empty());
}

TEST_CASE("trimmed is without spaces and tabs around it") {
    CHECK(trimmed(" \t a b\t ") == "a b");
    CHECK(trimmed("\na\n") == "\na\n");
    CHECK(trimmed(" \t ").empty());
    CHECK(trimmed("").empty());
}

}  // namespace blender_mcpd::core
