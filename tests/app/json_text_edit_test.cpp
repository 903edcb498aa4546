#include "json_text_edit.hpp"

#include <nlohmann/json.hpp>

#include <string>

#include <support/catch.hpp>

using namespace blender_mcpd;

namespace {

app::JsonNode read(std::string_view text) {
    auto root = app::read_json(text, app::JsonSyntax::comments);
    if (!root) FAIL(root.error().message << " in " << text);
    return *root;
}

std::string set(std::string_view text, std::string_view name = "x") {
    auto edited = app::set_in_json(text, read(text), "s", name, core::Json{{"c", 1}});
    (void)read(edited);
    return edited;
}

std::string removed(std::string_view text, std::string_view name = "x") {
    const auto root = read(text);
    const auto* group = root.find("s");
    REQUIRE(group != nullptr);
    auto edited = app::remove_from_json(text, group->value, name);
    (void)read(edited);
    return edited;
}

struct Row {
    std::string name;
    std::string before;
    std::string after;
};

}  // namespace

TEST_CASE("a member is set where it belongs") {
    const auto row = GENERATE(values<Row>({
        {"nothing there", "{}\n", "{\n  \"s\": {\n    \"x\": {\n      \"c\": 1\n    }\n  }\n}\n"},
        {"another member, tabs", "{\n\t\"a\": 1\n}",
         "{\n\t\"a\": 1,\n\t\"s\": {\n\t\t\"x\": {\n\t\t\t\"c\": 1\n\t\t}\n\t}\n}"},
        {"an empty group", "{\n  \"s\": {}\n}",
         "{\n  \"s\": {\n    \"x\": {\n      \"c\": 1\n    }\n  }\n}"},
        {"an empty group of two lines", "{\n  \"s\": {\n  }\n}",
         "{\n  \"s\": {\n    \"x\": {\n      \"c\": 1\n    }\n  }\n}"},
        {"a group with a comment only", "{\n  \"s\": {\n    // none\n  }\n}",
         "{\n  \"s\": {\n    // none\n    \"x\": {\n      \"c\": 1\n    }\n  }\n}"},
        {"a neighbour", "{\n    \"s\": {\n        \"a\": 1\n    },\n    \"t\": 2\n}",
         "{\n    \"s\": {\n        \"a\": 1,\n        \"x\": {\n            \"c\": 1\n        }\n  "
         "  "
         "},\n    \"t\": 2\n}"},
        {"a neighbour with a comment behind it", "{\n  \"s\": {\n    \"a\": 1 // one\n  }\n}",
         "{\n  \"s\": {\n    \"a\": 1, // one\n    \"x\": {\n      \"c\": 1\n    }\n  }\n}"},
        {"a trailing comma", "{\n  \"s\": {\n    \"a\": 1, // one\n  },\n}",
         "{\n  \"s\": {\n    \"a\": 1, // one\n    \"x\": {\n      \"c\": 1\n    },\n  },\n}"},
        {"all on one line", R"({"a":1,"s":{"a":1},"t":2})",
         R"({"a":1,"s":{"a":1, "x": {"c":1}},"t":2})"},
        {"CRLF", "{\r\n  \"s\": {\r\n    \"a\": 1\r\n  }\r\n}\r\n",
         "{\r\n  \"s\": {\r\n    \"a\": 1,\r\n    \"x\": {\r\n      \"c\": 1\r\n    }\r\n  "
         "}\r\n}\r\n"},
        {"an old one", "{\n  \"s\": {\n    \"x\": {\"d\": 2}, // mine\n    \"y\": 3\n  }\n}",
         "{\n  \"s\": {\n    \"x\": {\n      \"c\": 1\n    }, // mine\n    \"y\": 3\n  }\n}"},
        {"an old one on one line", R"({"s": {"x": 0, "y": 3}})",
         R"({"s": {"x": {"c":1}, "y": 3}})"},
    }));
    CAPTURE(row.name);
    CHECK(set(row.before) == row.after);
}

TEST_CASE("a member is removed, and nothing else") {
    const auto row = GENERATE(values<Row>({
        {"the last", "{\n  \"s\": {\n    \"a\": 1,\n    \"x\": 2\n  }\n}",
         "{\n  \"s\": {\n    \"a\": 1\n  }\n}"},
        {"the first", "{\n  \"s\": {\n    \"x\": 2,\n    \"a\": 1\n  }\n}",
         "{\n  \"s\": {\n    \"a\": 1\n  }\n}"},
        {"the only one", "{\n  \"s\": {\n    \"x\": 2\n  }\n}", "{\n  \"s\": {}\n}"},
        {"the only one, among comments", "{\n  \"s\": {\n    // a\n    \"x\": 2\n  }\n}",
         "{\n  \"s\": {\n    // a\n  }\n}"},
        {"the last with a trailing comma", "{\n  \"s\": {\n    \"a\": 1,\n    \"x\": 2,\n  }\n}",
         "{\n  \"s\": {\n    \"a\": 1,\n  }\n}"},
        {"behind a comment", "{\n  \"s\": {\n    \"a\": 1, // a\n    \"x\": 2\n  }\n}",
         "{\n  \"s\": {\n    \"a\": 1 // a\n  }\n}"},
        {"before another on its line", "{\"s\": { // a\n  \"x\": 2, \"b\": 3}}",
         "{\"s\": { // a\n  \"b\": 3}}"},
        {"with a comment behind it", "{\"s\": {\n  \"a\": 1,\n  \"x\": 2 // x\n}}",
         "{\"s\": {\n  \"a\": 1\n  // x\n}}"},
        {"on one line, last", R"({"s": {"a": 1, "x": 2}})", R"({"s": {"a": 1}})"},
        {"on one line, first", R"({"s": {"x": 2, "a": 1}})", R"({"s": {"a": 1}})"},
        {"CRLF", "{\r\n  \"s\": {\r\n    \"a\": 1,\r\n    \"x\": 2\r\n  }\r\n}",
         "{\r\n  \"s\": {\r\n    \"a\": 1\r\n  }\r\n}"},
        {"none of that name", R"({"s": {"a": 1}})", R"({"s": {"a": 1}})"},
    }));
    CAPTURE(row.name);
    CHECK(removed(row.before) == row.after);
}

TEST_CASE("what is added and removed again leaves the text as it was") {
    const auto text = GENERATE(values<std::string>({
        "{\n  \"s\": {\n    \"a\": 1\n  }\n}\n",
        "// top\n{\n\t\"s\": {\n\t\t\"a\": {\"b\": [1, 2,],}, // a\n\t},\n\t/* t */ \"t\": 2\n}\n",
        R"({"s":{"a":1},"t":2})",
        "{\r\n    \"s\": {\r\n        \"a\": 1\r\n    }\r\n}",
    }));
    CHECK(removed(set(text)) == text);
}
