#include "script_scan.hpp"
#include "script_trust.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/guard/script_policy.hpp>

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <support/catch.hpp>

namespace blender_mcpd::guard {

namespace fs = std::filesystem;

namespace {

constexpr auto danger_script = "import os\nos.system('x')\n";
constexpr auto caution_script = "bpy.ops.wm.save_mainfile()\n";
constexpr auto clean_script = "x = 1\n";

Verdict judged(std::string_view script, ScriptPolicyOptions options) {
    return ScriptPolicy(std::move(options)).judge(script);
}

ScriptPolicyOptions with(ScriptPolicyLevel level) {
    ScriptPolicyOptions options;
    options.policy = level;
    return options;
}

class Folder {
  public:
    Folder() {
        std::string name = fs::temp_directory_path() / "script-policy-XXXXXX";
        path_ = mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    void write(const std::string& name, const std::string& text) const {
        fs::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name, std::ios::binary) << text;
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

}  // namespace

TEST_CASE("Script policy: each level has its action") {
    struct Row {
        ScriptPolicyLevel level;
        ScriptAction danger;
        ScriptAction caution;
    };
    for (const auto& row :
         {Row{ScriptPolicyLevel::off, ScriptAction::allow, ScriptAction::allow},
          Row{ScriptPolicyLevel::warn, ScriptAction::warn, ScriptAction::warn},
          Row{ScriptPolicyLevel::ask, ScriptAction::ask, ScriptAction::warn},
          Row{ScriptPolicyLevel::block, ScriptAction::block, ScriptAction::warn}}) {
        CAPTURE(to_string(row.level));
        CHECK(judged(danger_script, with(row.level)).action == row.danger);
        CHECK(judged(caution_script, with(row.level)).action == row.caution);
        CHECK(judged(clean_script, with(row.level)).action == ScriptAction::allow);
        CHECK(judged(clean_script, with(row.level)).findings.empty());
    }
    CHECK(judged(danger_script, with(ScriptPolicyLevel::off)).findings.empty());
}

TEST_CASE("Script policy: a rule's own action wins over the policy") {
    auto options = with(ScriptPolicyLevel::warn);
    options.rule_actions = {{"process.run", ScriptPolicyLevel::off},
                            {"blender.file", ScriptPolicyLevel::block},
                            {"code.dynamic", ScriptPolicyLevel::ask}};
    CHECK(judged(danger_script, options).findings.empty());
    CHECK(judged(danger_script, options).action == ScriptAction::allow);
    CHECK(judged(caution_script, options).action == ScriptAction::block);
    CHECK(judged("eval(x)", options).action == ScriptAction::ask);
    CHECK(judged("import socket", options).action == ScriptAction::warn);
    const auto both = judged("eval(x)\nbpy.ops.wm.save_mainfile()", options);
    CHECK(both.action == ScriptAction::block);
    REQUIRE(both.findings.size() == 2);
    CHECK(both.findings[0].action == ScriptAction::ask);
    CHECK(both.findings[1].action == ScriptAction::block);
    options.policy = ScriptPolicyLevel::off;
    CHECK(judged(caution_script, options).action == ScriptAction::allow);
}

TEST_CASE("Script policy: findings say rule, place, why and what to do") {
    const auto verdict =
        judged("x = 'ä'; import os\n\n\tos . system('x')  # go\n", with(ScriptPolicyLevel::block));
    REQUIRE(verdict.findings.size() == 1);
    const auto& finding = verdict.findings.front();
    CHECK(finding.rule == "process.run");
    CHECK(finding.line == 3);
    CHECK(finding.column == 2);
    CHECK_THAT(finding.message, ContainsSubstring("os.system"));
    CHECK(finding.excerpt == "os . system('x')  # go");
    const auto text = describe(verdict);
    CHECK_THAT(text, ContainsSubstring("does not run"));
    CHECK_THAT(text, ContainsSubstring("line 3, column 2: process.run (danger, block)"));
    CHECK_THAT(text, ContainsSubstring(verdict.sha256));
    CHECK_THAT(text, ContainsSubstring("script.allow_sha256"));
    const auto json = to_json(verdict.findings);
    REQUIRE(json.size() == 1);
    CHECK(json[0]["rule"] == "process.run");
    CHECK(json[0]["severity"] == "danger");
    CHECK(json[0]["action"] == "block");
    CHECK(json[0]["line"] == 3);
    CHECK(json[0]["column"] == 2);
    CHECK(describe(judged(clean_script, {})).empty());
}

TEST_CASE("Script policy: columns count characters, lines end as in Python") {
    const auto column_of = [](std::string_view script) {
        const auto findings = judged(script, {}).findings;
        REQUIRE(findings.size() == 1);
        return std::to_string(findings[0].line) + ":" + std::to_string(findings[0].column);
    };
    CHECK(column_of("'ä€😀'; eval(x)") == "1:8");
    CHECK(column_of("1\r2\r\n3\neval(x)") == "4:1");
    CHECK(column_of("\r\n\r\n  eval(x)") == "3:3");
}

TEST_CASE("Script policy: a script is allowed by the hash of its exact text") {
    auto options = with(ScriptPolicyLevel::block);
    options.allow_sha256 = {"F5E6C0CCB1D4A6A0B8D1F2A7D8A1B6E1F5E6C0CCB1D4A6A0B8D1F2A7D8A1B6E1"};
    const auto before = judged(danger_script, options);
    CHECK(before.action == ScriptAction::block);
    CHECK(before.allowed_by.empty());
    std::string upper = before.sha256;
    for (auto& c : upper)
        c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    options.allow_sha256.push_back(upper);
    const auto after = judged(danger_script, options);
    CHECK(after.action == ScriptAction::allow);
    CHECK(after.allowed_by == "sha256");
    CHECK(after.findings.empty());
    CHECK(judged(std::string(danger_script) + " ", options).action == ScriptAction::block);
    CHECK(judged("", {}).sha256 ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("Script policy: a script that equals a trusted file is allowed") {
    const Folder folder;
    folder.write("a/b/safe.py", danger_script);
    folder.write("notes.txt", "import socket");
    auto options = with(ScriptPolicyLevel::block);
    options.trusted_folders = {folder.path(), "/no/such/folder"};
    const auto verdict = judged(danger_script, options);
    CHECK(verdict.action == ScriptAction::allow);
    CHECK(verdict.allowed_by == "trusted file");
    CHECK(judged("import os\nos.system('y')\n", options).action == ScriptAction::block);
    CHECK(judged("import socket", options).action == ScriptAction::block);  // no *.py
}

TEST_CASE("Script policy: a trusted file is compared when a script is judged") {
    const Folder folder;
    folder.write("safe.py", danger_script);
    TrustedFiles trusted({folder.path()});
    CHECK(trusted.contains(danger_script));
    folder.write("safe.py", "import os\nos.system('y')\n");
    CHECK_FALSE(trusted.contains(danger_script));
    fs::remove(folder.path() / "safe.py");
    CHECK_FALSE(trusted.contains(danger_script));
}

TEST_CASE("Script policy: the size limit comes first, in bytes") {
    auto options = with(ScriptPolicyLevel::block);
    options.max_bytes = 10;
    CHECK(judged("x = 'äää'", options).findings.front().rule == "script.too_large");
    CHECK(judged("x = 'aaaa'", options).action == ScriptAction::allow);
    const auto verdict = judged("eval(1)  # \xFF", options);
    REQUIRE(verdict.findings.size() == 1);
    CHECK(verdict.findings[0].rule == "script.too_large");
    CHECK(verdict.action == ScriptAction::block);
    CHECK_THAT(verdict.findings[0].message, ContainsSubstring("12 bytes"));
}

TEST_CASE("Script policy: what cannot be scanned is one finding") {
    for (const std::string& script :
         {std::string("eval(1)\nx = 'abc"), std::string("eval(1\n"), std::string("eval(1)\xFF"),
          std::string("eval(1)\0", 8), std::string("# coding: utf-7\neval(1)"),
          std::string(1'000, '(')}) {
        CAPTURE(script);
        const auto verdict = judged(script, with(ScriptPolicyLevel::block));
        REQUIRE(verdict.findings.size() == 1);
        CHECK(verdict.findings[0].rule == "script.unscannable");
        CHECK(verdict.action == ScriptAction::block);
    }
}

TEST_CASE("Script policy: strict mode allows only listed modules") {
    ScriptPolicyOptions options;
    options.allow_modules = {"bpy", "math", "os.path"};
    for (const std::string script :
         {"import bpy", "import bpy.props", "from bpy.types import Operator", "import math as m",
          "from os.path import join", "import os.path", "from os import path", "x = 1",
          "from . import x"}) {
        CAPTURE(script);
        CHECK(found_in(script, options).empty());
    }
    for (const std::string script :
         {"import os", "import bpyx", "import math, json", "from os import getcwd",
          "from json import loads", "import numpy.linalg", "from random import *",
          "if 0:\n import json", "__import__('json')"}) {
        CAPTURE(script);
        const auto found = found_in(script, options);
        CHECK(std::any_of(found.begin(), found.end(), [](const std::string& each) {
            return each.find("import.not_allowed danger") != std::string::npos;
        }));
    }
}

TEST_CASE("Script policy: findings are bounded, and the worst are listed") {
    std::string script;
    for (int i = 0; i < 300; ++i)
        script += "bpy.ops.wm.save_mainfile()\n";
    script += "eval(x)\n";
    const auto verdict = judged(script, with(ScriptPolicyLevel::block));
    CHECK(verdict.action == ScriptAction::block);
    REQUIRE(verdict.findings.size() == Verdict::max_findings);
    CHECK(verdict.more == 301 - Verdict::max_findings);
    CHECK(verdict.findings.back().rule == "code.dynamic");
    CHECK(verdict.findings.back().line == 301);
    CHECK_THAT(describe(verdict), ContainsSubstring("and 251 more"));
}

TEST_CASE("Script policy: excerpts are bounded and whole characters") {
    const std::string script =
        "x = '" + std::string(5'000, 'a') + "ä'; eval('" + std::string(5'000, 'b') + "ä')";
    const auto verdict = judged(script, {});
    REQUIRE(verdict.findings.size() == 1);
    CHECK(verdict.findings[0].excerpt.size() < 150);
    CHECK_THAT(verdict.findings[0].excerpt, ContainsSubstring("eval("));
    CHECK(core::parse_json(core::dump(to_json(verdict.findings))));
}

TEST_CASE("Script policy: wrong options are told") {
    ScriptPolicyOptions options;
    CHECK(validate(options));
    options.rule_actions = {{"process.rum", ScriptPolicyLevel::off}};
    REQUIRE_FALSE(validate(options));
    CHECK_THAT(describe(validate(options).error()), ContainsSubstring("process.run"));
    options = {};
    for (const auto& hash : {std::string(), std::string("abc"), std::string(64, 'g')}) {
        options.allow_sha256 = {hash};
        CHECK_FALSE(validate(options));
    }
    options.allow_sha256 = {std::string(64, 'a')};
    CHECK(validate(options));
    for (const std::string module : {"", ".os", "os.", "a..b", "os path", "a-b"}) {
        options.allow_modules = {module};
        CHECK_FALSE(validate(options));
    }
}

TEST_CASE("Script policy: levels have names") {
    for (const auto level : {ScriptPolicyLevel::off, ScriptPolicyLevel::warn,
                             ScriptPolicyLevel::ask, ScriptPolicyLevel::block})
        CHECK(script_policy_level(to_string(level)) == level);
    CHECK_FALSE(script_policy_level("on"));
    CHECK_FALSE(script_policy_level(""));
}

}  // namespace blender_mcpd::guard
