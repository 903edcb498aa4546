#include "json_text_edit.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <random>
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

namespace {

/// JSON with comments, in all the ways in which people lay it out.
class Writer {
  public:
    explicit Writer(unsigned seed) : random_(seed) {}

    std::string document() {
        std::string group = "\"s\":" + space() + object(2);
        return space() + "{" + space() + "\"a\":" + space() + value(2) + space() + "," + space() +
               group + space() + (chance(3) ? "," + space() : "") + "}" + space();
    }

  private:
    bool chance(unsigned of) { return random_() % of == 0; }

    std::string space() {
        static constexpr std::array choices{
            "", "", "", " ", "\n", "\n  ", "\r\n\t", " // {\n", " /* \"x\" */ ", "//,\n"};
        return choices[random_() % choices.size()];
    }

    std::string value(int depth) {
        static constexpr std::array choices{"1", "-2.5e3", "true", "null", R"("}\"//")", "\"ä\""};
        if (depth == 0 || chance(2)) return choices[random_() % choices.size()];
        if (chance(2)) return object(depth - 1);
        std::string text = "[";
        for (auto count = random_() % 3; count > 0; --count)
            text += space() + value(depth - 1) + space() + (count > 1 || chance(2) ? "," : "");
        return text + space() + "]";
    }

    std::string object(int depth) {
        std::string text = "{";
        for (auto count = random_() % 4; count > 0; --count)
            text += space() + "\"m" + std::to_string(count) + "\"" + space() + ":" + space() +
                    value(depth - 1) + space() + (count > 1 || chance(2) ? "," : "");
        return text + space() + "}";
    }

    std::mt19937 random_;
};

}  // namespace

TEST_CASE("no layout is broken by an edit, and only the member changes") {
    for (unsigned seed = 0; seed < 5'000; ++seed) {
        const auto before = Writer(seed).document();
        CAPTURE(seed, before);
        const auto value = to_json(read(before), before);
        auto wanted = value;
        wanted["s"]["x"] = core::Json{{"c", 1}};
        const auto added = set(before);
        CAPTURE(added);
        REQUIRE(to_json(read(added), added) == wanted);
        const auto again = set(added);
        REQUIRE(to_json(read(again), again) == wanted);
        const auto gone = removed(added);
        CAPTURE(gone);
        REQUIRE(to_json(read(gone), gone) == value);
        if (value["s"].empty()) continue;
        const auto name = value["s"].begin().key();
        wanted["s"].erase(name);
        const auto other = removed(added, name);
        CAPTURE(other);
        REQUIRE(to_json(read(other), other) == wanted);
    }
}
