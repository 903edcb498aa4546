#include <blender_mcpd/guard/json_schema.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::guard {
namespace {

core::Json json(const std::string& text) {
    return core::Json::parse(text);
}

/// "" when valid, else "message | remedy".
std::string verdict(const std::string& schema, const core::Json& value) {
    const auto compiled = JsonSchema::compile(json(schema));
    REQUIRE(compiled.has_value());
    const auto result = compiled->validate(value);
    if (result) return {};
    CHECK(result.error().code == core::ErrorCode::invalid);
    CHECK(result.error().outcome == core::Outcome::not_applied);
    return result.error().message + " | " + result.error().remedy;
}

struct Case {
    std::string schema;
    std::string value;
    std::string expected;  // "" for valid
};

void check_all(const std::vector<Case>& cases) {
    for (const auto& one : cases) {
        CAPTURE(one.schema, one.value);
        CHECK(verdict(one.schema, json(one.value)) == one.expected);
    }
}

TEST_CASE("types") {
    check_all({
        {R"({"type":"null"})", "null", ""},
        {R"({"type":"boolean"})", "true", ""},
        {R"({"type":"string"})", R"("")", ""},
        {R"({"type":"array"})", "[]", ""},
        {R"({"type":"object"})", "{}", ""},
        {R"({"type":"number"})", "1", ""},
        {R"({"type":"number"})", "1.5", ""},
        {R"({"type":"integer"})", "-7", ""},
        {R"({"type":"integer"})", "1.0", ""},
        {R"({"type":["string","null"]})", "null", ""},
        {R"({})", "[1,{}]", ""},
        {R"({"type":"integer"})", "1.5", "arguments: must be a whole number, got 1.5 | "},
        {R"({"type":"number"})", R"("NaN")", R"(arguments: must be a number, got "NaN" | )"},
        {R"({"type":"number"})", "null", "arguments: must be a number, got null | "},
        {R"({"type":"number"})", "true", "arguments: must be a number, got true | "},
        {R"({"type":"number"})", "[]", "arguments: must be a number, got an array of 0 items | "},
        {R"({"type":"number"})", "[[1]]", "arguments: must be a number, got an array of 1 item | "},
        {R"({"type":"string"})", R"({"a":1})",
         "arguments: must be a string, got an object with 1 member | "},
        {R"({"type":"boolean"})", "1", "arguments: must be true or false, got 1 | "},
        {R"({"type":"boolean"})", "null", "arguments: must be true or false, got null | "},
        {R"({"type":["string","null"]})", "3", "arguments: must be a string or null, got 3 | "},
        {R"({"type":"integer","minimum":0,"maximum":9})", R"("5")",
         R"(arguments: must be a whole number from 0 to 9, got "5" | )"},
        {R"({"type":"array","minItems":3,"maxItems":3,"items":{"type":"number"}})", R"("0,0,0")",
         R"(arguments: must be an array of 3 numbers, got "0,0,0" | )"},
        {R"({"type":"array","minItems":1,"maxItems":50,"items":{"type":"string"}})", "0",
         "arguments: must be an array of 1 to 50 strings, got 0 | "},
        {R"({"type":"array","minItems":1})", "0",
         "arguments: must be an array of 1 or more items, got 0 | "},
    });
}

TEST_CASE("numbers in range") {
    check_all({
        {R"({"minimum":0,"maximum":1})", "0", ""},
        {R"({"minimum":0,"maximum":1})", "1.0", ""},
        {R"({"minimum":0,"maximum":1})", "-0.0", ""},
        {R"({"minimum":0,"maximum":1})", "5e-324", ""},
        {R"({"minimum":0,"maximum":1})", "-0.1",
         "arguments: must be at least 0, got -0.1 | Allowed: 0 to 1"},
        {R"({"minimum":0,"maximum":1})", "2",
         "arguments: must be at most 1, got 2 | Allowed: 0 to 1"},
        {R"({"minimum":0})", "-1", "arguments: must be at least 0, got -1 | "},
        {R"({"exclusiveMinimum":0})", "1", ""},
        {R"({"exclusiveMinimum":0})", "0", "arguments: must be above 0, got 0 | "},
        {R"({"exclusiveMaximum":9.5})", "9", ""},
        {R"({"exclusiveMaximum":9.5})", "9.5", "arguments: must be below 9.5, got 9.5 | "},
        {R"({"maximum":9})", "18446744073709551615",
         "arguments: must be at most 9, got 18446744073709551615 | "},
    });
}

TEST_CASE("numbers that Blender cannot hold are refused wherever they are") {
    const double infinity = std::numeric_limits<double>::infinity();
    const std::string any = "{}";
    core::Json value = json(R"({"items":[{"location":[0,0,0]}]})");
    auto& y = value["items"][0]["location"][1];

    y = infinity;
    CHECK(verdict(any, value) == "items[0].location[1]: must be finite, got inf | ");
    y = -infinity;
    CHECK(verdict(any, value) == "items[0].location[1]: must be finite, got -inf | ");
    y = std::nan("");
    CHECK(verdict(any, value) == "items[0].location[1]: must be finite, got nan | ");
    y = 1e39;
    CHECK(verdict(any, value) ==
          "items[0].location[1]: must fit a 32-bit float (3.4e38 at most), got 1e+39 | ");
    y = -1e39;
    CHECK_THAT(verdict(any, value), ContainsSubstring("must fit a 32-bit float"));
    y = static_cast<double>(std::numeric_limits<float>::max());
    CHECK(verdict(any, value).empty());
    y = std::numeric_limits<double>::denorm_min();
    CHECK(verdict(any, value).empty());
}

TEST_CASE("strings are counted in characters") {
    const std::string schema = R"({"minLength":2,"maxLength":3})";
    check_all({
        {schema, R"("äö")", ""},
        {schema, R"("日本語")", ""},
        {schema, R"("a")", R"(arguments: must have at least 2 characters, got 1: "a" | )"},
        {schema, R"("日本語x")",
         R"(arguments: must have at most 3 characters, got 4: "日本語x" | )"},
        {schema, R"("")", R"(arguments: must not be empty, got 0: "" | )"},
        {R"({"minLength":4,"maxLength":4})", R"("abc")",
         R"(arguments: must have exactly 4 characters, got 3: "abc" | )"},
        {R"({"maxLength":1})", R"("\n\n")",
         R"(arguments: must have at most 1 character, got 2: "\x0a\x0a" | )"},
    });
    const auto message = verdict(R"({"maxLength":5})", std::string(10'000, 'x'));
    CHECK_THAT(message, ContainsSubstring("got 10000: \"xxx"));
    CHECK(message.size() < 200);
}

TEST_CASE("arrays") {
    const std::string pair = R"({"minItems":2,"maxItems":2,"items":{"type":"integer"}})";
    check_all({
        {pair, "[1,2]", ""},
        {pair, "[1]", "arguments: must have exactly 2 items, got 1 | "},
        {pair, "[1,2,3]", "arguments: must have exactly 2 items, got 3 | "},
        {pair, R"([1,"2"])", R"([1]: must be a whole number, got "2" | )"},
        {R"({"minItems":1})", "[]", "arguments: must not be empty, got 0 | "},
        {R"({"maxItems":1})", "[1,2]", "arguments: must have at most 1 item, got 2 | "},
    });
}

TEST_CASE("enumerations") {
    const std::string detail = R"({"enum":["summary","objects","full"]})";
    check_all({
        {detail, R"("full")", ""},
        {detail, R"("sumary")",
         R"(arguments: must be one of the allowed values, got "sumary" | )"
         R"(Did you mean "summary"? Allowed: summary, objects, full)"},
        {detail, R"("FULL")",
         R"(arguments: must be one of the allowed values, got "FULL" | )"
         R"(Did you mean "full"? Allowed: summary, objects, full)"},
        {detail, R"("nothing of the sort")",
         R"(arguments: must be one of the allowed values, got "nothing of the sort" | )"
         R"(Allowed: summary, objects, full)"},
        {detail, "1",
         "arguments: must be one of the allowed values, got 1 | Allowed: summary, objects, full"},
        {R"({"enum":[1,2]})", "2.0", ""},
        {R"({"enum":[1,2]})", "3",
         "arguments: must be one of the allowed values, got 3 | Allowed: 1, 2"},
        {R"({"const":"on"})", R"("on")", ""},
        {R"({"const":"on"})", R"("nothing")",
         R"(arguments: must be one of the allowed values, got "nothing" | Allowed: on)"},
        {R"({"type":"string","enum":["a","b"]})", "1",
         R"(arguments: must be one of "a", "b", got 1 | )"},
        {R"({"type":"string","const":"a"})", "1", R"(arguments: must be "a", got 1 | )"},
    });
}

TEST_CASE("objects") {
    const std::string strict = R"({"type":"object","additionalProperties":false,
        "required":["name"],"properties":{
            "name":{"type":"string","description":"The object's name."},
            "location":{"type":"array","minItems":3,"maxItems":3,"items":{"type":"number"}}}})";
    check_all({
        {strict, R"({"name":"a"})", ""},
        {strict, R"({"name":"a","location":[1,2,3]})", ""},
        {strict, R"({})", "name: is required | Give a string: The object's name."},
        {strict, R"({"name":"a","locaton":[1,2,3]})",
         R"(locaton: unknown property | Did you mean "location"? Allowed: name, location)"},
        {strict, R"({"Name":"a"})",
         R"(Name: unknown property | Did you mean "name"? Allowed: name, location)"},
        {strict, R"({"name":"a","wholly different":1})",
         R"(["wholly different"]: unknown property | Allowed: name, location)"},
        {strict, R"({"name":"a","location":[1,2,"3"]})",
         R"(location[2]: must be a number, got "3" | )"},
        {R"({"additionalProperties":false})", R"({"a":1})",
         "a: unknown property | None is allowed here"},
        {R"({"required":["a"]})", "{}", "a: is required | "},
        {R"({"additionalProperties":{"type":"integer"}})", R"({"x":1})", ""},
        {R"({"additionalProperties":{"type":"integer"}})", R"({"x":"1"})",
         R"(x: must be a whole number, got "1" | )"},
        {R"({"additionalProperties":true})", R"({"x":"1"})", ""},
        {R"({"properties":{"a":{}}})", R"({"x":"1"})", ""},
        {R"({"minProperties":1,"properties":{"a":{},"b":{}}})", "{}",
         "arguments: must not be empty, got 0 | Allowed: a, b"},
        {R"({"minProperties":2,"properties":{"a":{},"b":{}}})", R"({"a":1})",
         "arguments: must have at least 2 members, got 1 | Allowed: a, b"},
        {R"({"maxProperties":1,"properties":{"a":{},"b":{}}})", R"({"a":1,"b":2})",
         "arguments: must have at most 1 member, got 2 | Allowed: a, b"},
    });
}

TEST_CASE("alternatives: the one that got furthest speaks") {
    const std::string target = R"({"anyOf":[
        {"type":"string","minLength":1},
        {"type":"array","minItems":3,"maxItems":3,"items":{"type":"number"}},
        {"type":"object","additionalProperties":false,"properties":{"name":{"type":"string"}}}]})";
    check_all({
        {target, R"("a")", ""},
        {target, "[1,2,3]", ""},
        {target, R"({"name":"a"})", ""},
        {target, R"("")", R"(arguments: must not be empty, got 0: "" | )"},
        {target, "[1,2]", "arguments: must have exactly 3 items, got 2 | "},
        {target, "[1,2,null]", "[2]: must be a number, got null | "},
        {target, R"({"name":3})", "name: must be a string, got 3 | "},
        {target, R"({"nam":"a"})", R"(nam: unknown property | Did you mean "name"? Allowed: name)"},
        {target, "true",
         "arguments: must be a string or an array of 3 numbers or an object, got true | "},
        {R"({"oneOf":[{"minimum":0},{"maximum":10}]})", "11", ""},
        {R"({"oneOf":[{"minimum":0},{"maximum":10}]})", "5",
         "arguments: must match one form only, got 5 | "},
        {R"({"oneOf":[{"minimum":5},{"minimum":7}]})", "1",
         "arguments: must be at least 5, got 1 | "},
        {R"({"type":"array","items":{"anyOf":[{"type":"null"},{"type":"boolean"}]}})", R"([1])",
         "[0]: must be null or true or false, got 1 | "},
        {R"({"properties":{"a":{"oneOf":[{"type":"null"},{"type":"string"}]}}})", R"({"a":1})",
         "a: must be null or a string, got 1 | "},
    });
}

TEST_CASE("depth and number of values are bounded") {
    core::Json deep = 1;
    for (int i = 0; i < 200; ++i) {
        core::Json outer = core::Json::array();
        outer.push_back(std::move(deep));
        deep = std::move(outer);
    }
    CHECK(verdict("{}", deep) == "arguments: must be nested at most 128 levels deep | ");
    CHECK(verdict("{}", core::Json(2'000'000, core::Json(0))) ==
          "arguments: must hold at most 2000000 values | Split the call into several");
    CHECK(verdict("{}", core::Json(1'999'999, core::Json(0))).empty());
}

TEST_CASE("whatever is not understood does not compile") {
    std::string deep = "{}";
    for (int i = 0; i < 40; ++i)
        deep = R"({"items":)" + deep + "}";
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"([])", "schema #: must be an object"},
        {R"({"pattern":"a"})", "schema #: the keyword pattern is not implemented"},
        {R"({"$ref":"#"})", "schema #: the keyword $ref is not implemented"},
        {R"({"format":"date"})", "schema #/format: the format date is not implemented"},
        {R"({"format":1})", "schema #/format: must be a string"},
        {R"({"properties":{"a":{"items":{"minimun":1}}}})",
         "schema #/properties/a/items: the keyword minimun is not implemented"},
        {R"({"type":"float"})", "schema #/type: unknown type \"float\""},
        {R"({"type":[]})", "schema #/type: must name a type"},
        {R"({"type":["string",1]})", "schema #/type: unknown type 1"},
        {R"({"enum":[]})", "schema #/enum: must be an array of values"},
        {R"({"enum":[[1]]})", "schema #/enum: must hold scalars"},
        {R"({"const":{}})", "schema #/const: must hold scalars"},
        {R"({"properties":[]})", "schema #/properties: must be an object"},
        {R"({"properties":{"a":1}})", "schema #/properties/a: must be an object"},
        {R"({"required":"a"})", "schema #/required: must be an array of names"},
        {R"({"required":[1]})", "schema #/required: must be an array of names"},
        {R"({"required":["b"],"properties":{"a":{}},"additionalProperties":false})",
         "schema #: requires the unknown property b"},
        {R"({"additionalProperties":1})", "schema #/additionalProperties: must be an object"},
        {R"({"items":true})", "schema #/items: must be an object"},
        {R"({"anyOf":[]})", "schema #/anyOf: must be an array of schemas"},
        {R"({"oneOf":{}})", "schema #/oneOf: must be an array of schemas"},
        {R"({"oneOf":[{},{"x":1}]})", "schema #/oneOf/1: the keyword x is not implemented"},
        {R"({"minItems":-1})", "schema #/minItems: must be a whole number, 0 or more"},
        {R"({"maxLength":1.5})", "schema #/maxLength: must be a whole number, 0 or more"},
        {R"({"minimum":"0"})", "schema #/minimum: must be a finite number"},
        {R"({"description":1})", "schema #/description: must be a string"},
    };
    for (const auto& [schema, message] : cases) {
        CAPTURE(schema);
        const auto compiled = JsonSchema::compile(json(schema));
        REQUIRE(compiled.has_error());
        CHECK(compiled.error().message == message);
    }
    const auto compiled = JsonSchema::compile(json(deep));
    REQUIRE(compiled.has_error());
    CHECK_THAT(compiled.error().message, ContainsSubstring("is nested too deeply"));
}

TEST_CASE("annotations are known and without effect") {
    CHECK(verdict(R"({"title":"t","description":"d","default":1,"examples":[2]})", json("[]"))
              .empty());
}

}  // namespace
}  // namespace blender_mcpd::guard
