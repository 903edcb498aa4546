#include "json_document.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>

#include <support/catch.hpp>

using namespace blender_mcpd;
using app::JsonSyntax;
using app::read_json;

namespace {

/// "line:column message", or "good".
std::string verdict(std::string_view text, JsonSyntax syntax) {
    const auto read = read_json(text, syntax);
    if (read) return "good";
    const auto& mistake = read.error();
    return fmt::format("{}:{} {}", mistake.line, mistake.column, mistake.message);
}

}  // namespace

TEST_CASE("what is JSON, and what only with comments") {
    struct Row {
        std::string text;
        std::string strict;
        std::string comments;
    };
    const auto row = GENERATE(values<Row>({
        {"{}", "good", "good"},
        {" \r\n\t[1, -2.5e+3, true, false, null, \"\\u00e4\\n\"] ", "good", "good"},
        {"\xEF\xBB\xBF{}", "good", "good"},
        {R"("\ud800")", "good", "good"},
        {R"({"a": 1,})", "1:9 a name in double quotes, or }, is missing", "good"},
        {"[1,]", "1:4 there is no such value", "good"},
        {"{\n // x\n}", "2:2 comments are not allowed here", "good"},
        {"{} /* x */ // y", "1:4 comments are not allowed here", "good"},
        {"{,}", "1:2 a name in double quotes, or }, is missing",
         "1:2 a name in double quotes, or }, is missing"},
        {"", "1:1 the text ends too early", "1:1 the text ends too early"},
        {"{\n  \"a\": 1\n  \"b\": 2\n}", "3:3 a comma or } is missing",
         "3:3 a comma or } is missing"},
        {R"({"a" 1})", "1:6 a colon after the name is missing",
         "1:6 a colon after the name is missing"},
        {"[1 2]", "1:4 a comma or ] is missing", "1:4 a comma or ] is missing"},
        {"{} {}", "1:4 the document ends before this", "1:4 the document ends before this"},
        {"\"a", "1:3 the text ends within a string", "1:3 the text ends within a string"},
        {"\"a\nb\"", "1:3 a string must end on its line", "1:3 a string must end on its line"},
        {R"("\x")", "1:3 there is no such escape", "1:3 there is no such escape"},
        {R"("\u12g4")", "1:3 \\u needs four hexadecimal digits",
         "1:3 \\u needs four hexadecimal digits"},
        {"01", "1:1 there is no such value", "1:1 there is no such value"},
        {"1.", "1:1 there is no such value", "1:1 there is no such value"},
        {"tru", "1:1 there is no such value", "1:1 there is no such value"},
        {"{} /* x", "1:4 comments are not allowed here", "1:4 this comment does not end"},
    }));
    CAPTURE(row.text);
    CHECK(verdict(row.text, JsonSyntax::strict) == row.strict);
    CHECK(verdict(row.text, JsonSyntax::comments) == row.comments);
}

TEST_CASE("nesting has a limit") {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    CHECK(verdict(nested(core::max_json_depth), JsonSyntax::strict) == "good");
    CHECK(verdict(nested(100'000), JsonSyntax::strict).ends_with("it is nested too deeply"));
}

TEST_CASE("the values of a document, and where they are") {
    const std::string text = R"({"a": {"b": [1, "x", {"c": null}]}, /* no */ "a": {"d": 2.5}})";
    const auto root = *read_json(text, JsonSyntax::comments);
    const auto* last = root.find("a");
    REQUIRE(last != nullptr);
    CHECK(text.substr(last->value.begin, last->value.end - last->value.begin) == R"({"d": 2.5})");
    CHECK(root.find("b") == nullptr);
    CHECK(to_json(root.members.front().value, text).dump() == R"({"b":[1,"x",{"c":null}]})");
    CHECK(to_json(*read_json(R"(["\ud800"])", JsonSyntax::strict), R"(["\ud800"])").dump() ==
          R"([""])");
}
