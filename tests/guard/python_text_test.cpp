#include "python_text.hpp"

#include <string>

#include <support/catch.hpp>

namespace blender_mcpd::guard {

TEST_CASE("Python text: what is no UTF-8 is told with its place") {
    struct Row {
        std::string name;
        std::string script;
        std::size_t offset;
    };
    const std::vector<Row> rows{
        {"a lone continuation byte", "ab\x80", 2},
        {"a byte that never occurs", "a\xFF", 1},
        {"overlong", "\xC0\xAF", 0},
        {"a surrogate", "x\xED\xA0\x80", 1},
        {"beyond U+10FFFF", "\xF4\x90\x80\x80", 0},
        {"cut short", "x = '\xE2\x82", 5},
        {"NUL", std::string("a\0b", 3), 1},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto failure = check_encoding(row.script);
        REQUIRE(failure);
        CHECK(failure->offset == row.offset);
    }
    CHECK_FALSE(check_encoding(""));
    CHECK_FALSE(check_encoding("\xEF\xBB\xBFname = 'ä€😀'"));
}

TEST_CASE("Python text: an encoding other than UTF-8 must not be declared") {
    for (const std::string script :
         {"# -*- coding: utf-7 -*-\n", "#!/bin/python\n# vim: set fileencoding=utf-7 :\n",
          "#coding=unicode_escape", "\t# coding: rot13\r\n", "# coding : x coding: utf_16"}) {
        CAPTURE(script);
        CHECK(check_encoding(script));
    }
    for (const std::string script :
         {"# -*- coding: utf-8 -*-\n", "# coding: UTF_8", "# coding=latin-1", "# coding: us-ascii",
          "\n\n# coding: utf-7", "x = 'coding: utf-7'", "# encoding matters", "# coding:"}) {
        CAPTURE(script);
        CHECK_FALSE(check_encoding(script));
    }
}

TEST_CASE("Python text: identifiers are normalised as CPython does it") {
    CHECK(normalize_name("ｏｓ") == "os");
    CHECK(normalize_name("𝓼𝔂𝓼𝓽𝓮𝓶") == "system");
    CHECK(normalize_name("ﬁle") == "file");
    CHECK(normalize_name("größe") == "größe");
    CHECK(normalize_name("gro\xCC\x88") == "gr\xC3\xB6");
    CHECK(normalize_name(std::string(max_unicode_name_bytes, 'a')));
    CHECK_FALSE(normalize_name(std::string(max_unicode_name_bytes + 1, 'a')));
}

TEST_CASE("Python text: escapes of string literals") {
    struct Row {
        std::string body;
        std::string value;
    };
    const std::vector<Row> rows{
        {R"(plain)", "plain"},
        {R"(\x73\x79s)", "sys"},
        {R"(\163ystem)", "system"},
        {R"(\0)", std::string(1, '\0')},
        {R"(\1234)", "S4"},
        {R"(\u0073\U00000079)", "sy"},
        {R"(\N{LATIN SMALL LETTER S}\N{LOW LINE}\N{latin capital letter a})", "s_A"},
        {R"(\N{SNOWMAN})", "\uFFFD"},
        {R"(\N{)", "\uFFFD"},
        {R"(\ud800)", "\uFFFD"},
        {R"(\n\t\\\'\")", "\n\t\\'\""},
        {"a\\\nb", "ab"},
        {"a\\\r\nb", "ab"},
        {"a\rb\r\nc", "a\nb\nc"},
        {R"(\q)", "\\q"},
        {R"(\x)", std::string(1, '\0')},
        {"\\", "\\"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.body);
        CHECK(decode_escapes(row.body) == row.value);
    }
}

TEST_CASE("Python text: keywords") {
    for (const std::string word : {"and", "False", "import", "yield", "lambda", "nonlocal"})
        CHECK(is_python_keyword(word));
    for (const std::string word : {"match", "case", "print", "exec", "Import", ""})
        CHECK_FALSE(is_python_keyword(word));
}

}  // namespace blender_mcpd::guard
