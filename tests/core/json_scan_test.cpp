#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <limits>
#include <string>
#include <string_view>

#include <support/catch.hpp>

namespace blender_mcpd::core {

using namespace std::string_literals;

namespace {

std::string nested(std::size_t depth, std::string_view inner) {
    return std::string(depth, '[') + std::string(inner) + std::string(depth, ']');
}

/// Both readers must agree on what is JSON.
void check_refused(const std::string& value, std::string_view why = "invalid JSON") {
    CAPTURE(value);
    const auto parsed = parse_json(value);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == ErrorCode::invalid);
    CHECK_THAT(parsed.error().message, ContainsSubstring(std::string(why)));
    const auto member = "{\"a\":" + value + "}";
    const auto scanned = RawObject::scan(member);
    REQUIRE_FALSE(scanned.has_value());
    CHECK(scanned.error().code == ErrorCode::invalid);
}

}  // namespace

TEST_CASE("valid JSON is accepted and its values are untouched") {
    const auto value = GENERATE(
        as<std::string>(), "0", "-0", "1", "-12", "1.5", "1e5", "1E+5", "1e-5", "0.000", "-1.25e-3",
        "12345678901234567890123456789", "1e-999", "true", "false", "null", "\"\"", "\"a b\"",
        R"("\"\\\/\b\f\n\r\t")", R"("\u00e9\uD83D\uDE00")", "\"\xC3\xA9\"", "\"\xE2\x82\xAC\"",
        "\"\xF0\x9F\x98\x80\"", "\"\xED\x9F\xBF\"", "\"\xEE\x80\x80\"", "\"\xF4\x8F\xBF\xBF\"",
        "\"\xC2\x80\"", "\"\xE0\xA0\x80\"", "\"\xF0\x90\x80\x80\"", "\"\x7f\"", "[]", "{}", "[ ]",
        "{ }", "[1,2]", "[ 1 , [ 2 ] ]", R"({"b":{"c":[1,{"d":null}]}})", "[\n1\r\n,\t2]");
    CAPTURE(value);
    CHECK(parse_json(value).has_value());
    CHECK(parse_json(" \t\r\n" + value + " \t\r\n").has_value());
    const auto text = " { \"x\" : 1 , \"a\" : " + value + " } \n";
    const auto object = RawObject::scan(text);
    REQUIRE(object.has_value());
    CHECK(object->find("a") == value);
}

TEST_CASE("what is not JSON is refused") {
    const auto value = GENERATE(
        as<std::string>(), "", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1 2]",
        R"({"a")", R"({"a":})", R"({"a" 1})", R"({"a":1,})", R"({,"a":1})", R"({a:1})", R"({1:2})",
        R"({'a':1})", "tru", "True", "nul", "NaN", "Infinity", "-Infinity", "undefined", "+1", "01",
        "-", "-a", "1.", ".5", "1.e5", "1e", "1e+", "0x10", "1_000", "\"", "\"a", "'a'", "\"\\",
        R"("\x41")", R"("\a")", R"("\u12")", R"("\u12g4")", R"("\u)", "\"a\nb\"", "\"a\tb\"",
        "\"\x01\"", "1 2", "null,", "[] []", "// x\n1", "[1/*x*/]",
        "\xEF\xBB\xBF"
        "1");
    check_refused(value);
}

TEST_CASE("NUL bytes are refused everywhere") {
    check_refused("\0"s);
    check_refused("1\0"s);
    check_refused("\"a\0b\""s);
    check_refused("[1\0]"s);
    check_refused("{\"a\"\0:1}"s);
}

TEST_CASE("invalid UTF-8 is refused") {
    struct Row {
        const char* name;
        std::string bytes;
    };
    const auto row = GENERATE(values<Row>({
        {"a lone continuation byte", "\x80"},
        {"the last continuation byte", "\xBF"},
        {"a lead byte at the end", "\xC3"},
        {"a lead byte before ASCII",
         "\xC3"
         "a"},
        {"an overlong two-byte form", "\xC0\xAF"},
        {"another one", "\xC1\xBF"},
        {"three bytes, one missing", "\xE2\x82"},
        {"three bytes, two missing", "\xE2"},
        {"three bytes, the second wrong",
         "\xE2"
         "a\x82"},
        {"three bytes, the third wrong",
         "\xE2\x82"
         "a"},
        {"an overlong three-byte form", "\xE0\x9F\xBF"},
        {"the first surrogate", "\xED\xA0\x80"},
        {"the last surrogate", "\xED\xBF\xBF"},
        {"four bytes, one missing", "\xF0\x9F\x98"},
        {"four bytes, the second wrong",
         "\xF0"
         "a\x98\x80"},
        {"four bytes, the third wrong",
         "\xF0\x9F"
         "a\x80"},
        {"four bytes, the fourth wrong",
         "\xF0\x9F\x98"
         "a"},
        {"an overlong four-byte form", "\xF0\x8F\xBF\xBF"},
        {"above U+10FFFF", "\xF4\x90\x80\x80"},
        {"a lead byte that never is", "\xF5\x80\x80\x80"},
        {"five bytes", "\xF8\x88\x80\x80\x80"},
        {"0xFE", "\xFE"},
        {"0xFF", "\xFF"},
    }));
    CAPTURE(row.name);
    check_refused("\"" + row.bytes + "\"", "invalid UTF-8");
    check_refused("\"text " + row.bytes + " text\"", "invalid UTF-8");
    check_refused("{\"" + row.bytes + "\":1}", "invalid UTF-8");
    check_refused(row.bytes);

    // Written, each bad byte becomes U+FFFD.
    const auto written = core::quoted("a" + row.bytes + "b");
    CHECK(parse_json(written).has_value());
    CHECK_THAT(written, ContainsSubstring("\xEF\xBF\xBD"));
}

TEST_CASE("nesting has a limit") {
    // The scanner and whoever reads the value later recurse: a hostile client must not choose how
    // deep.
    CHECK(parse_json(nested(max_json_depth, "1")).has_value());
    CHECK(RawObject::scan("{\"a\":" + nested(max_json_depth - 1, "1") + "}").has_value());
    check_refused(nested(max_json_depth + 1, "1"), "too deeply nested");
    check_refused(nested(100'000, "1"), "too deeply nested");
    check_refused(std::string(100'000, '['), "too deeply nested");

    std::string objects;
    for (std::size_t i = 0; i <= max_json_depth; ++i)
        objects += "{\"a\":";
    check_refused(objects + "1", "too deeply nested");
}

TEST_CASE("the parser takes objects with a limited number of members") {
    // Looking them up one by one must not take minutes because a hostile client says so.
    const auto object_of = [](std::size_t members) {
        std::string text = "{";
        for (std::size_t i = 0; i < members; ++i)
            text += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":0";
        return text + "}";
    };
    CHECK(parse_json(object_of(max_json_members)).has_value());
    CHECK(parse_json("[" + object_of(max_json_members) + "," + object_of(2) + "]").has_value());
    CHECK_THAT(parse_json(object_of(max_json_members + 1)).error().message,
               ContainsSubstring("too many members"));
    CHECK_FALSE(parse_json("[{\"a\":" + object_of(max_json_members + 1) + "}]").has_value());
    CHECK(parse_json("[0" +
                     [] {
                         std::string more;
                         for (int i = 0; i < 10'000; ++i)
                             more += ",0";
                         return more + "]";
                     }())
              .has_value());
    // What is only scanned has no such limit.
    CHECK(RawObject::scan(object_of(max_json_members + 1)).has_value());
}

TEST_CASE("numbers that are not finite as doubles are refused by the parser") {
    const auto number = GENERATE(as<std::string>(), "1e999", "-1e999", "[1e400]");
    CHECK_FALSE(parse_json(number).has_value());
    // The scanner passes them on as bytes: whoever reads the value decides.
    const auto text = "{\"a\":" + number + "}";
    const auto object = RawObject::scan(text);
    REQUIRE(object.has_value());
    CHECK(object->find("a") == number);
}

TEST_CASE("numbers that no double can hold become infinities where that is asked for") {
    const auto parsed =
        parse_json(R"({"a":[1e999,-1E+400,2e308,1.5,"-1e999","\\\"1e999"],"1e999":9)" +
                       std::string(400, '0') + R"(,"b":1e-999,"c":1e307})",
                   Overflow::infinity);
    REQUIRE(parsed.has_value());
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    const auto& a = parsed->at("a");
    CHECK(a[0] == infinity);
    CHECK(a[1] == -infinity);
    CHECK(a[2] == infinity);
    CHECK(a[3] == 1.5);
    CHECK(a[4] == "-1e999");
    CHECK(a[5] == "\\\"1e999");
    CHECK(parsed->at("1e999") == infinity);
    CHECK(parsed->at("b") == 0.0);
    CHECK(parsed->at("c") == 1e307);
    CHECK(*parse_json("-1e999", Overflow::infinity) == -infinity);
    CHECK_FALSE(parse_json("[1e999,]", Overflow::infinity).has_value());
    CHECK_FALSE(parse_json("[1e999,\"\\ud83d\"]", Overflow::infinity).has_value());
}

TEST_CASE("a lone surrogate is grammar, but no text") {
    const auto raw = GENERATE(as<std::string>(), R"("\ud83d")", R"("\ude00")", R"("\ud83dx")",
                              R"("\ude00\ud83d")");
    CAPTURE(raw);
    CHECK(unquote(raw) == std::nullopt);
    CHECK_FALSE(parse_json(raw).has_value());
    const auto text = "{\"a\":" + raw + "}";
    const auto object = RawObject::scan(text);
    REQUIRE(object.has_value());
    CHECK(object->find("a") == raw);
}

TEST_CASE("errors say where") {
    CHECK(parse_json("[1,x]").error().message == "invalid JSON: unexpected character at byte 3");
    CHECK(parse_json("[1] x").error().message == "invalid JSON: text after the value at byte 4");
    CHECK(RawObject::scan("[1]").error().message == "invalid JSON: expected an object at byte 0");
    CHECK(RawObject::scan(R"({"a":1)").error().message ==
          "invalid JSON: unexpected character at byte 6");
}

TEST_CASE("the members of an object") {
    constexpr std::string_view text =
        R"({"a":1,"b" : "x","\u0061\n":[ 1 ],"a":{ "n" : 2 },"":null,"é":true})";
    const auto object = RawObject::scan(text);
    REQUIRE(object.has_value());
    CHECK(object->members().size() == 6);
    CHECK(object->find("b") == "\"x\"");
    CHECK(object->find("a\n") == "[ 1 ]");
    CHECK(object->find("") == "null");
    CHECK(object->find("é") == "true");
    CHECK(object->find("n") == std::nullopt);
    // Views, not copies.
    CHECK(object->find("b")->data() >= text.data());
    CHECK(object->find("b")->data() < text.data() + text.size());
}

TEST_CASE("the last of several members with one name wins, in both readers") {
    constexpr std::string_view text = R"({"a":1,"b":2,"\u0061":3})";
    CHECK(RawObject::scan(text)->find("a") == "3");
    CHECK(parse_json(text)->at("a") == 3);
}

TEST_CASE("only an object can be scanned") {
    const auto text = GENERATE(as<std::string>(), "", "1", "null", "\"{}\"", "[]", "[{}]", "{}x");
    CAPTURE(text);
    CHECK_FALSE(RawObject::scan(text).has_value());
}

TEST_CASE("the kind of a raw value") {
    CHECK(json_kind("{}") == JsonKind::object);
    CHECK(json_kind("[]") == JsonKind::array);
    CHECK(json_kind("\"\"") == JsonKind::string);
    CHECK(json_kind("-1") == JsonKind::number);
    CHECK(json_kind("0") == JsonKind::number);
    CHECK(json_kind("true") == JsonKind::boolean);
    CHECK(json_kind("false") == JsonKind::boolean);
    CHECK(json_kind("null") == JsonKind::null);
}

TEST_CASE("unquote reads one string and nothing else") {
    CHECK(unquote(R"("")") == "");
    CHECK(unquote(R"("plain")") == "plain");
    CHECK(unquote(R"("\u00e9\n\"\\\/")") == "é\n\"\\/");
    CHECK(unquote(R"("\uD83D\uDE00")") == "😀");
    CHECK(unquote("\"a\\u0000b\"") == "a\0b"s);
    for (const auto* raw :
         {"", "x", "1", "null", "\"", "\"a", "a\"", "\"a\" ", "\"a\"b", "\"\xFF\""}) {
        CAPTURE(raw);
        CHECK(unquote(raw) == std::nullopt);
    }
}

TEST_CASE("whatever needs an escape or a look is found at every place in a long string") {
    const std::string_view special[]{
        "\"", "\\", "\n", "\x1F", "\x7F", "\xC3\xA9", "\xF0\x9F\x98\x80", "!", "#"};
    for (const auto what : special) {
        for (std::size_t place = 0; place < 40; ++place) {
            INFO("byte " << int{static_cast<unsigned char>(what.front())} << " at " << place);
            auto text = std::string(place, 'x');
            text.append(what).append(23, '~');
            const auto raw = core::quoted(text);
            CHECK(raw == nlohmann::json(text).dump());
            CHECK(core::unquote(raw) == text);
            const auto needs_escape = what.size() == 1 && raw.size() != text.size() + 2;
            CHECK(core::unquote('"' + text + '"').has_value() == !needs_escape);
        }
    }
}

TEST_CASE("quoted text is what nlohmann reads back") {
    std::string every_ascii;
    for (int c = 0; c < 0x80; ++c)
        every_ascii += static_cast<char>(c);
    const auto text =
        GENERATE_COPY(as<std::string>(), "", "plain", every_ascii, "a\0b"s, "\"\\\n\r\t\b\f/",
                      "é€😀", "\xED\x9F\xBF\xEE\x80\x80", "end with é", "\xE2\x80\xA8\xE2\x80\xA9");
    const auto raw = core::quoted(text);
    CAPTURE(raw);
    CHECK(raw.find('\n') == std::string::npos);
    CHECK(Json::parse(raw).get<std::string>() == text);
    CHECK(unquote(raw) == text);
    std::string appended = "x";
    append_quoted(appended, text);
    CHECK(appended == "x" + raw);
}

TEST_CASE("invalid UTF-8 is replaced when it is written") {
    CHECK(core::quoted("a\xFF"
                       "b") ==
          "\"a\xEF\xBF\xBD"
          "b\"");
    CHECK(core::quoted("\xE2\x82") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
    CHECK(core::quoted("\xC3\xA9\xC3") == "\"\xC3\xA9\xEF\xBF\xBD\"");
    CHECK(dump(Json("a\xFF")) == "\"a\xEF\xBF\xBD\"");
    CHECK(dump(Json{{"b", 1}, {"a", "x\ny"}}) == R"({"b":1,"a":"x\ny"})");
}

}  // namespace blender_mcpd::core
