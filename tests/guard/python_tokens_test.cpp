#include "python_tokens.hpp"

#include <random>
#include <string>
#include <string_view>

#include <support/catch.hpp>

namespace blender_mcpd::guard {

namespace {

// One character says the kind; names and operators stand as they are, strings in quotes.
std::string shown(std::string_view script) {
    const auto scanned = tokenize_python(script);
    if (const auto* failure = std::get_if<Unscannable>(&scanned))
        return "unscannable at " + std::to_string(failure->offset);
    std::string out;
    for (const auto& token : std::get<PythonTokens>(scanned).tokens) {
        if (!out.empty()) out += ' ';
        const std::string text(token.text);
        switch (token.kind) {
            case TokenKind::name:
                out += text;
                break;
            case TokenKind::keyword:
                out += "k:" + text;
                break;
            case TokenKind::number:
                out += "n:" + text;
                break;
            case TokenKind::string:
                out += "'" + text + "'";
                break;
            case TokenKind::op:
                out += text;
                break;
            case TokenKind::newline:
                out += "NL";
                break;
            case TokenKind::format_begin:
                out += "f\"";
                break;
            case TokenKind::format_text:
                out += "'" + text + "'";
                break;
            case TokenKind::field_begin:
                out += "<";
                break;
            case TokenKind::field_spec:
                out += "!";
                break;
            case TokenKind::field_end:
                out += ">";
                break;
            case TokenKind::format_end:
                out += "\"";
                break;
            case TokenKind::end:
                out += "END";
                break;
        }
    }
    const std::string_view tail = " NL END";
    return out.size() >= tail.size() ? out.substr(0, out.size() - tail.size()) : std::string();
}

}  // namespace

TEST_CASE("Python tokens: names, numbers, operators, line ends") {
    struct Row {
        std::string script;
        std::string tokens;
    };
    const std::vector<Row> rows{
        {"os.system", "os . system"},
        {"os . \\\n system", "os . system"},
        {"os.\\\r\nsystem", "os . system"},
        {"(os.\n # here\n system)", "( os . system )"},
        {"a # os.system\nb", "a NL b"},
        {"a # os\rb", "a NL b"},
        {"a\r\nb", "a NL b"},
        {"a;b", "a ; b"},
        {"\fa", "a"},
        {"\xEF\xBB\xBFimport os", "k:import os"},
        {"ｏｓ.ｓｙｓｔｅｍ", "os . system"},
        {"𝐢𝐦𝐩𝐨𝐫𝐭", "import"},  // a name: CPython takes only ASCII for keywords
        {"1..real 0x1F_f 1e-5j .5 1_000", "n:1. . real n:0x1F_f n:1e-5j n:.5 n:1_000"},
        {"1if x else y", "n:1 k:if x k:else y"},
        {"1or(exec) 0xfor 0b1and", "n:1 k:or ( exec ) n:0xf k:or n:0b1 k:and"},
        {"1.e.x", "n:1. e . x"},
        {"a:=b**=c!=d...e", "a := b **= c != d ... e"},
        {"a->b", "a -> b"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.script);
        CHECK(shown(row.script) == row.tokens);
    }
}

TEST_CASE("Python tokens: string literals have their value") {
    struct Row {
        std::string script;
        std::string tokens;
    };
    const std::vector<Row> rows{
        {R"('a' "b")", "'a' 'b'"},
        {R"('\x73ys' r'\x73')", R"('sys' '\x73')"},
        {R"(b'os' u'x' Rb'\n' BR"y")", R"('os' 'x' '\n' 'y')"},
        {"'''a\n\"b''c'''", "'a\n\"b''c'"},
        {R"('a\'b' "it's")", "'a'b' 'it's'"},
        {R"(r'a\'b')", R"('a\'b')"},
        {"'a\\\nb'", "'ab'"},
        {"'' \"\"\"\"\"\"", "'' ''"},
        {"'# no comment' # 'no string'", "'# no comment'"},
        {"x'a'", "x 'a'"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.script);
        CHECK(shown(row.script) == row.tokens);
    }
}

TEST_CASE("Python tokens: the fields of f-strings are code") {
    struct Row {
        std::string script;
        std::string tokens;
    };
    const std::vector<Row> rows{
        {R"(f"a{os.system}b")", R"(f" 'a' < os . system > 'b' ")"},
        {R"(f"{{no}}{yes}")", R"(f" '{no}' < yes > ")"},
        {R"(f"{x!r}")", R"(f" < x ! > ")"},
        {R"(f"{x != y}")", R"(f" < x != y > ")"},
        {R"(f"{x:>{w}.{p}}")", R"(f" < x ! < w > < p > > ")"},
        {R"(f"{x:%Y}")", R"(f" < x ! > ")"},
        {R"(f"{x=}")", R"(f" < x = > ")"},
        {R"(f"{d['k']}{ {1:2}[1] }")", R"(f" < d [ 'k' ] > < { n:1 : n:2 } [ n:1 ] > ")"},
        {R"(f"{f'{x}'}")", R"(f" < f" < x > " > ")"},
        {R"(f"{"same quotes"}")", R"(f" < 'same quotes' > ")"},
        {R"(f"{(lambda a: a)(1)}")", R"(f" < ( k:lambda a : a ) ( n:1 ) > ")"},
        {R"(rf'\{x}' Fr'{y}')", R"(f" '\' < x > " f" < y > ")"},
        {R"(f'\N{BULLET}{x}')", "f\" '\uFFFD' < x > \""},
        {R"(f'\x73{x}')", R"(f" 's' < x > ")"},
        {R"(f'\'{x}')", R"(f" ''' < x > ")"},
        {"f'''{\nx # \" '\n}'''", R"(f" < x > ")"},
        {"t'{x}'", R"(f" < x > ")"},
        {R"(f"{x:=5}")", R"(f" < x ! > ")"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.script);
        CHECK(shown(row.script) == row.tokens);
    }
}

TEST_CASE("Python tokens: what Python could not read either is unscannable") {
    for (const std::string script :
         {"'abc", "'abc\n'", "\"\"\"abc\"\"", "(a", "a)", "(a]", "{a", "a \\ b", "a \\", "f'{x'",
          "f'{x:'", "f'}'", "f'{x)}'", "f'{x", "'\\", "f'''{x:\n", "f'a\n'"}) {
        CAPTURE(script);
        CHECK(shown(script).starts_with("unscannable"));
    }
    CHECK(shown("x = (1,\n'abc\n)") == "unscannable at 8");
}

TEST_CASE("Python tokens: nesting is limited") {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '(') + std::string(depth, ')');
    };
    CHECK_FALSE(shown(nested(max_python_nesting)).starts_with("unscannable"));
    CHECK(shown(nested(max_python_nesting + 1)).starts_with("unscannable"));
    std::string format = "x";
    for (int i = 0; i < 100; ++i)
        format = "f'{" + format + "}'";
    CHECK_FALSE(shown(format).starts_with("unscannable"));
    for (int i = 0; i < 100; ++i)
        format = "f'{" + format + "}'";
    CHECK(shown(format).starts_with("unscannable"));
}

TEST_CASE("Python tokens: any text has an outcome, and tokens lie in it in order") {
    std::mt19937 random(20);
    const std::vector<std::string> pieces{
        "'",  "\"", "'''", "f'",   "{",    "}",       "(", ")",       "[",  "]",
        "\\", "\n", "\r",  "#",    "os",   ".system", ":", "!",       "=",  "1e",
        "0x", " ",  "ｏ",  "rb\"", "\\N{", "lambda",  ",", "import ", "\f", "."};
    for (int round = 0; round < 3'000; ++round) {
        std::string script;
        const auto length = random() % 40;
        for (std::size_t i = 0; i < length; ++i)
            script += pieces[random() % pieces.size()];
        CAPTURE(script);
        const auto scanned = tokenize_python(script);
        if (const auto* failure = std::get_if<Unscannable>(&scanned)) {
            CHECK(failure->offset <= script.size());
            continue;
        }
        std::size_t last = 0;
        for (const auto& token : std::get<PythonTokens>(scanned).tokens) {
            REQUIRE(token.offset >= last);
            REQUIRE(token.offset <= script.size());
            last = token.offset;
        }
    }
}

}  // namespace blender_mcpd::guard
