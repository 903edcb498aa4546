// The keyword `format`, and the names of coordinates and channels.
#include <blender_mcpd/guard/json_schema.hpp>
#include <blender_mcpd/guard/numbers.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::guard {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::string verdict(const std::string& schema, const core::Json& value) {
    const auto compiled = JsonSchema::compile(core::Json::parse(schema));
    REQUIRE(compiled.has_value());
    const auto result = compiled->validate(value);
    return result ? std::string() : result.error().message;
}

TEST_CASE("formats of strings") {
    struct Row {
        std::string format, value, expected;
    };
    const std::vector<Row> rows{
        {"search-query", "стул", ""},
        {"search-query", " red\ncar ", ""},
        {"search-query", "", "q: Search query required, got \"\""},
        {"search-query", "\u200B", "q: Query cannot be empty after cleaning, got \"\u200B\""},
        {"search-query", std::string(201, 'x'),
         "q: Search query too long, got \"" + std::string(60, 'x') + "…\""},
        {"blender-name", "立方体", ""},
        {"blender-name", "a\nb", "q: must not hold control characters, got \"a\\x0ab\""},
        {"file-path", "//a..b/Ä x.png", ""},
        {"file-path", std::string("/a\0b", 4),
         "q: must not hold control characters, got \"/a\\x00b\""},
        {"asset-id", "oak_tree-1", ""},
        {"asset-id", "../x", "q: must be 1 to 50 letters, digits, \"_\" or \"-\", got \"../x\""},
        {"uri", "https://example.org/a", ""},
        {"uri", "http://example.org/a",
         "q: the URL http://example.org/a is not https, got \"http://example.org/a\""},
        {"vector", "no rule for strings", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.format, row.value);
        core::Json value;
        value["q"] = row.value;
        const auto schema =
            R"({"properties":{"q":{"type":"string","format":")" + row.format + R"("}}})";
        CHECK(verdict(schema, value) == row.expected);
    }
    CHECK(verdict(R"({"format":"asset-id"})", 1).empty());
    CHECK(verdict(R"({"format":"asset-id"})", core::Json::array()).empty());
    CHECK_THAT(verdict(R"({"maxLength":3,"format":"asset-id"})", "a b c"),
               ContainsSubstring("must have at most 3 characters"));
}

TEST_CASE("formats that do not exist do not compile") {
    for (const auto* format : {R"("date-time")", R"("")", R"("URI")", "1", "null"}) {
        CAPTURE(format);
        const auto compiled = JsonSchema::compile(
            core::Json::parse(std::string(R"({"items":{"format":)") + format + "}}"));
        REQUIRE(compiled.has_error());
        CHECK_THAT(compiled.error().message, ContainsSubstring("schema #/items"));
    }
}

const std::string place = R"({"properties":{
    "location":{"type":"array","format":"vector","minItems":3,"maxItems":3,
                "items":{"type":"number","minimum":-100,"maximum":100}},
    "target":{"anyOf":[{"type":"string"},
               {"type":"array","format":"vector","minItems":3,"maxItems":3,"items":{"type":"number"}}]},
    "color":{"type":"array","format":"colour","minItems":3,"maxItems":4,
             "items":{"type":"number","minimum":0,"maximum":1}},
    "points":{"type":"array","items":{"type":"array","format":"vector",
              "items":{"type":"number"}}}}})";

std::string place_verdict(const std::string& pointer, const core::Json& bad) {
    auto value = core::Json::parse(
        R"({"location":[0,0,0],"target":[0,0,0],"color":[0,0,0,1],"points":[[0,0,0],[0,0,0]]})");
    value[core::Json::json_pointer(pointer)] = bad;
    return verdict(place, value);
}

TEST_CASE("coordinates that are not finite are named") {
    CHECK(place_verdict("/location/0", infinity) ==
          "location[0]: X coordinate must be finite, got inf");
    CHECK(place_verdict("/location/1", -infinity) ==
          "location[1]: Y coordinate must be finite, got -inf");
    CHECK(place_verdict("/location/2", std::nan("")) ==
          "location[2]: Z coordinate must be finite, got nan");
    CHECK(place_verdict("/target/2", infinity) ==
          "target[2]: Z coordinate must be finite, got inf");
    CHECK(place_verdict("/points/1/0", infinity) ==
          "points[1][0]: X coordinate must be finite, got inf");
    CHECK(place_verdict("/location/1", 1e39) ==
          "location[1]: Y coordinate must fit a 32-bit float (3.4e38 at most), got 1e+39");
}

TEST_CASE("so are channels") {
    CHECK(place_verdict("/color/0", infinity) == "color[0]: Red channel must be finite, got inf");
    CHECK(place_verdict("/color/1", infinity) == "color[1]: Green channel must be finite, got inf");
    CHECK(place_verdict("/color/2", infinity) == "color[2]: Blue channel must be finite, got inf");
    CHECK(place_verdict("/color/3", std::nan("")) ==
          "color[3]: Alpha channel must be finite, got nan");
    CHECK(place_verdict("/color/1", 1.5) == "color[1]: Green channel must be at most 1, got 1.5");
    CHECK(place_verdict("/color/3", -0.5) ==
          "color[3]: Alpha channel must be at least 0, got -0.5");
}

TEST_CASE("coordinates that are no numbers are named") {
    CHECK(place_verdict("/location/1", nullptr) ==
          "location[1]: Y coordinate must be a number from -100 to 100, got null");
    CHECK(place_verdict("/location/1", "NaN") ==
          "location[1]: Y coordinate must be a number from -100 to 100, got \"NaN\"");
    CHECK(place_verdict("/location/1", true) ==
          "location[1]: Y coordinate must be a number from -100 to 100, got true");
    CHECK(place_verdict("/location/1", core::Json::array()) ==
          "location[1]: Y coordinate must be a number from -100 to 100, got an array of 0 items");
    CHECK(place_verdict("/target/0", "1") == "target[0]: X coordinate must be a number, got \"1\"");
    CHECK(place_verdict("/location/0", 101) ==
          "location[0]: X coordinate must be at most 100, got 101");
}

TEST_CASE("only items of vectors and colours have names") {
    const auto number = core::Json::parse("[[0],{\"x\":0}]");
    auto value = number;
    value[0][0] = infinity;
    CHECK(verdict(R"({"items":{"format":"vector"}})", value) ==
          "[0][0]: X coordinate must be finite, got inf");
    value = number;
    value[1]["x"] = infinity;
    CHECK(verdict(R"({"items":{"format":"vector"}})", value) == "[1].x: must be finite, got inf");
    CHECK(verdict(R"({"format":"vector"})", infinity) == "arguments: must be finite, got inf");
    // Beyond the names: what the array may hold is another rule.
    value = core::Json::array({0, 0, 0, infinity});
    CHECK(verdict(R"({"format":"vector"})", value) == "[3]: must be finite, got inf");
}

TEST_CASE("what a 32-bit float holds passes: the largest, denormals, minus zero") {
    constexpr double largest = std::numeric_limits<float>::max();
    for (const double number : {largest, -largest, 1e-45, 5e-324, -0.0, 0.0}) {
        CHECK(place_verdict("/target/0", number).empty());
        CHECK(count_non_finite(number) == 0);
    }
    CHECK_FALSE(place_verdict("/target/0", std::nextafter(largest, infinity)).empty());
}

TEST_CASE("refused numbers are counted once each") {
    core::Json value = core::Json::parse(R"({"a":[1,-2.5,[]],"b":{"c":0,"d":"1e999"},"e":null})");
    CHECK(count_non_finite(value) == 0);
    value["a"][0] = infinity;
    CHECK(count_non_finite(value) == 1);
    value["a"][2] = core::Json::array({std::nan(""), 1e39, 1e38});
    value["b"]["c"] = -1e39;
    CHECK(count_non_finite(value) == 4);

    core::Json deep = infinity;
    for (int level = 0; level < 100'000; ++level) {
        core::Json outer = core::Json::array();
        outer.push_back(std::move(deep));
        deep = std::move(outer);
    }
    CHECK(count_non_finite(deep) == 0);
}

}  // namespace
}  // namespace blender_mcpd::guard
