#include "schema.hpp"

#include <blender_mcpd/guard/json_schema.hpp>

#include <support/catch.hpp>

namespace blender_mcpd::tools::schema {
namespace {

TEST_CASE("schemas are as short as they can be") {
    const std::vector<std::pair<Json, std::string>> rows{
        {object({}), R"({"type":"object","properties":{},"additionalProperties":false})"},
        {object({{"a", boolean(), required}, {"b", boolean("B.")}}, "An object."),
         R"({"type":"object","description":"An object.","properties":{"a":{"type":"boolean"},)"
         R"("b":{"type":"boolean","description":"B."}},"required":["a"],)"
         R"("additionalProperties":false})"},
        {at_least(1, object({})),
         R"({"type":"object","properties":{},"additionalProperties":false,"minProperties":1})"},
        {string(0, 9), R"({"type":"string","maxLength":9})"},
        {string(1, 9), R"({"type":"string","minLength":1,"maxLength":9})"},
        {number(0, 1e6), R"({"type":"number","minimum":0,"maximum":1000000})"},
        {number(0.5, 1e300), R"({"type":"number","minimum":0.5,"maximum":1e+300})"},
        {integer(-1, 5), R"({"type":"integer","minimum":-1,"maximum":5})"},
        {one_of({"a", "b"}, "C."), R"({"type":"string","description":"C.","enum":["a","b"]})"},
        {array_of(boolean(), 0, 3), R"({"type":"array","items":{"type":"boolean"},"maxItems":3})"},
        {array_of(boolean(), 2, 3),
         R"({"type":"array","items":{"type":"boolean"},"minItems":2,"maxItems":3})"},
        {any_of({boolean(), type("null")}, "D."),
         R"({"description":"D.","anyOf":[{"type":"boolean"},{"type":"null"}]})"},
        {with_format("asset-id", string(1, 9)),
         R"({"type":"string","minLength":1,"maxLength":9,"format":"asset-id"})"},
        {with_default(boolean(), false), R"({"type":"boolean","default":false})"},
        {result({{"a", nullable("string"), required}, {"b", list_of(type("number"))}}),
         R"({"type":"object","properties":{"a":{"type":["string","null"]},)"
         R"("b":{"type":"array","items":{"type":"number"}}},"required":["a"]})"},
    };
    for (const auto& [schema, expected] : rows)
        CHECK(core::dump(schema) == expected);
}

TEST_CASE("clients do not see formats, only properties of that name") {
    const auto id = with_format("asset-id", boolean());
    const auto nested = [](const Json& inner) {
        return object({{"format", any_of({inner, array_of(inner, 2, 3)}), required},
                       {"b", object({{"c", inner}})}});
    };
    CHECK(published(nested(id)) == nested(boolean()));
    CHECK(published(id) == boolean());
}

TEST_CASE("clients see bounds that a sensible value comes near") {
    const auto seen = [](const Json& schema) { return core::dump(published(schema)); };
    CHECK(seen(string(1, 9, "D.")) == R"({"type":"string","description":"D."})");
    CHECK(seen(number(-1, 9'999)) == R"({"type":"number","minimum":-1,"maximum":9999})");
    CHECK(seen(number(-1e6, 1e6)) == R"({"type":"number"})");
    CHECK(seen(number(0, 10'000)) == R"({"type":"number"})");
    CHECK(seen(integer(1, 9)) == R"({"type":"integer","maximum":9})");
    CHECK(seen(integer(2, 9)) == R"({"type":"integer","minimum":2,"maximum":9})");
    CHECK(seen(integer(-5, 10'000)) == R"({"type":"integer","minimum":-5})");
    CHECK(seen(array_of(boolean(), 1, 1'000)) ==
          R"({"type":"array","items":{"type":"boolean"},"maxItems":1000})");
    CHECK(seen(array_of(boolean(), 2, 1'001)) ==
          R"({"type":"array","items":{"type":"boolean"},"minItems":2})");
    CHECK(seen(array_of(boolean(), 3, 3)) ==
          R"({"type":"array","items":{"type":"boolean"},"maxItems":3})");
}

TEST_CASE("clients see the types of what is always in a result") {
    const auto schema = result({{"a", nullable("string", "D."), required},
                                {"b", list_of(type("number")), required},
                                {"c", one_of({"x", "y"}), required},
                                {"d", Json::object(), required},
                                {"e", type("string")}});
    CHECK(core::dump(published_result(schema)) ==
          R"({"type":"object","properties":{"a":{"type":["string","null"]},"b":{"type":"array"},)"
          R"("c":{"type":"string"},"d":{}}})");
}

TEST_CASE("of an outline clients see the description, and all of it is checked") {
    const auto inner = object({{"a", boolean()}}, "{a}");
    const auto schema = object({{"b", outlined(inner)}});
    CHECK(published(schema) == object({{"b", type("object", "{a}")}}));
    const auto compiled = guard::JsonSchema::compile(schema);
    REQUIRE(compiled.has_value());
    CHECK(compiled->validate(Json::parse(R"({"b":{"a":true}})")).has_value());
    CHECK(compiled->validate(Json::parse(R"({"b":{"a":1}})")).has_error());
    CHECK(compiled->validate(Json::parse(R"({"b":{"c":true}})")).has_error());
}

}  // namespace
}  // namespace blender_mcpd::tools::schema
