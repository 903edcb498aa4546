// Scripts that are written to make a scanner slow, hungry or crash: twice the script must not take
// much more than twice the time, and no stack.
#include "script_values.hpp"

#include <blender_mcpd/guard/script_policy.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::guard {

namespace {

std::string repeated(const std::string& piece, std::size_t count) {
    std::string out;
    out.reserve(piece.size() * count);
    for (std::size_t i = 0; i < count; ++i)
        out += piece;
    return out;
}

double seconds_for(const std::string& script) {
    ScriptPolicyOptions options;
    options.max_bytes = script.size();
    ScriptPolicy policy(options);
    const auto begin = std::chrono::steady_clock::now();
    static_cast<void>(policy.judge(script));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// The machine may be busy: one good measurement of several is enough.
bool grows_linearly(const std::function<std::string(std::size_t)>& script, std::size_t size) {
    constexpr double floor_s = 0.005;
    constexpr double limit = 3.0;
    const auto one = script(size);
    const auto two = script(2 * size);
    for (int attempt = 0; attempt < 6; ++attempt) {
        const auto base = seconds_for(one);
        const auto twice = seconds_for(two);
        if (twice <= limit * std::max(base, floor_s)) return true;
    }
    return false;
}

std::string chained_aliases(std::size_t count) {
    std::string out = "import os\na0 = os\n";
    for (std::size_t i = 1; i < count; ++i)
        out += "a" + std::to_string(i) + " = a" + std::to_string(i - 1) + "\n";
    return out + "a" + std::to_string(count - 1) + ".system('x')\n";
}

}  // namespace

TEST_CASE("Script scale: hostile scripts of 100 KB take linear time") {
    struct Row {
        std::string name;
        std::size_t size;
        std::function<std::string(std::size_t)> script;
    };
    const std::vector<Row> rows{
        {"spaces after os", 50'000,
         [](std::size_t n) { return "import os\nos" + std::string(n, ' ') + ".system('x')"; }},
        {"opening brackets", 100'000, [](std::size_t n) { return std::string(n, '('); }},
        {"os. again and again", 30'000, [](std::size_t n) { return repeated("os.", n) + "os"; }},
        {"attributes", 30'000, [](std::size_t n) { return "x" + repeated(".abc", n); }},
        {"calls", 30'000, [](std::size_t n) { return "x" + repeated("()", n); }},
        {"subscripts", 20'000, [](std::size_t n) { return "x" + repeated("[0]", n); }},
        {"backslashes", 100'000, [](std::size_t n) { return std::string(n, '\\'); }},
        {"continued lines", 50'000, [](std::size_t n) { return repeated("\\\n", n) + "x"; }},
        {"backslashes in a string", 100'000,
         [](std::size_t n) { return "'" + std::string(n, '\\') + "'"; }},
        {"quotes", 60'000, [](std::size_t n) { return std::string(n, '\''); }},
        {"aliases in a chain", 5'000, chained_aliases},
        {"nested f-strings", 10'000, [](std::size_t n) { return repeated("f'{", n); }},
        {"f-strings 50 deep", 200,
         [](std::size_t n) {
             return repeated(repeated("f'{", 50) + "x" + repeated("}'", 50) + "\n", n);
         }},
        {"format specifications", 10'000,
         [](std::size_t n) { return repeated("f'{x:{y}}'\n", n); }},
        {"constant texts added", 10'000,
         [](std::size_t n) { return "x = 'a'" + repeated(" + 'a'", n); }},
        {"one text that grows", 5'000, [](std::size_t n) { return repeated("x += 'ab'\n", n); }},
        {"assignments in a row", 20'000, [](std::size_t n) { return repeated("a = ", n) + "1"; }},
        {"imports", 5'000, [](std::size_t n) { return repeated("import os, os.path as p\n", n); }},
        {"one long import", 20'000,
         [](std::size_t n) { return "from os import a" + repeated(", b", n); }},
        {"findings", 5'000, [](std::size_t n) { return repeated("eval(x)\n", n); }},
        {"findings in one line", 5'000, [](std::size_t n) { return repeated("eval(x);", n); }},
        {"lambdas", 10'000, [](std::size_t n) { return repeated("lambda:", n) + "x"; }},
        {"for without in", 10'000, [](std::size_t n) { return "[x " + repeated("for ", n) + "]"; }},
        {"comparisons", 30'000, [](std::size_t n) { return "x" + repeated("<x", n); }},
        {"a large literal", 20'000,
         [](std::size_t n) { return "x = [" + repeated("(1, 2),", n) + "]"; }},
        {"long texts as names", 100,
         [](std::size_t n) {
             return "t = '" + std::string(n * 100, 't') + "'\n" +
                    repeated("getattr(x, t); __import__(t); open(t, t); t.join(t)\n", n);
         }},
        {"combining characters", 100,
         [](std::size_t n) { return repeated("x" + repeated("\xCC\x80\xCC\xA3", 100) + "\n", n); }},
        {"comments", 50'000, [](std::size_t n) { return repeated("#\n", n); }},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(grows_linearly(row.script, row.size));
    }
}

TEST_CASE("Script scale: any text has a verdict") {
    std::mt19937 random(12);
    const std::vector<std::string> pieces{
        "import ", "from ",   "os",      ".system",    " as ",    "(",    ")",         "[",
        "]",       "{",       "}",       ":",          ",",       "=",    ":=",        "+=",
        "\n",      ";",       "lambda ", "for ",       " in ",    " if ", " else ",    "def ",
        "class ",  "'a'",     "f'{",     "}'",         "getattr", "x",    "*",         "-",
        "1",       "return ", "with ",   ".",          "open",    "eval", "globals()", "[::-1]",
        "''.join", "not ",    "@",       "sys.modules"};
    ScriptPolicy policy({});
    for (int round = 0; round < 3'000; ++round) {
        std::string script;
        const auto length = random() % 60;
        for (std::size_t i = 0; i < length; ++i)
            script += pieces[random() % pieces.size()];
        CAPTURE(script);
        const auto verdict = policy.judge(script);
        for (const auto& finding : verdict.findings) {
            REQUIRE(finding.line >= 1);
            REQUIRE(finding.column <= script.size() + 1);
        }
    }
}

TEST_CASE("Script scale: the end of a long chain of aliases is still known") {
    ScriptPolicy policy({});
    const auto verdict = policy.judge(chained_aliases(20'000));
    REQUIRE_FALSE(verdict.findings.empty());
    CHECK(verdict.findings.back().rule == "process.run");
}

TEST_CASE("Script scale: what is derived of a script is bounded") {
    std::string script;
    for (int i = 0; i < 10'000; ++i)
        script += "x" + std::to_string(i % 7) + " = 'a" + std::to_string(i) + "'; y += x" +
                  std::to_string(i % 7) + "\n";
    script += "eval(1)\n";
    ScriptPolicyOptions options;
    options.max_bytes = script.size();
    const auto verdict = ScriptPolicy(options).judge(script);
    CHECK_FALSE(verdict.findings.empty());

    Values values;
    std::size_t made = 0;
    for (; !values.exhausted(); ++made)
        static_cast<void>(values.text(std::to_string(made)));
    CHECK(made <= Values::max_derived_bytes / 100);
    static_cast<void>(values.text("one more"));
    CHECK(values.exhausted());
}

}  // namespace blender_mcpd::guard
