#include "../../src/blender/call_log.hpp"

#include <string>

#include <support/catch.hpp>

namespace blender_mcpd::blender {

namespace {

core::TimePoint at(int seconds) {
    return core::TimePoint(std::chrono::seconds(seconds));
}

std::uint64_t edit(CallLog& log, const std::string& op, SceneMark scene) {
    const auto number = log.begin(op, "{}", at(0));
    log.succeeded(number, scene, "added " + op, at(1));
    return number;
}

std::vector<std::string> ops(const std::vector<LoggedCall>& calls) {
    std::vector<std::string> names;
    for (const auto& call : calls)
        names.push_back(call.op);
    return names;
}

}  // namespace

TEST_CASE("the edits after a state of the scene, whatever the order of the replies") {
    CallLog log;
    edit(log, "a", {1, 5});
    edit(log, "c", {1, 7});
    edit(log, "b", {1, 6});
    edit(log, "d", {2, 1});
    log.succeeded(log.begin("read", "{}", at(0)), std::nullopt, "", at(1));
    log.begin("running", "{}", at(0));
    CHECK(ops(log.edits_after({1, 5})) == std::vector<std::string>{"b", "c", "d"});
    CHECK(ops(log.edits_after({1, 7})) == std::vector<std::string>{"d"});
    CHECK(ops(log.edits_after({2, 1})).empty());
    CHECK(ops(log.edits_after({})).size() == 4);
}

TEST_CASE("a call that failed after it had changed something is an edit") {
    CallLog log;
    log.failed(log.begin("script", "{}", at(0)), "blender: no", SceneMark{1, 2}, "added A", at(1));
    log.failed(log.begin("refused", "{}", at(0)), "invalid: no", std::nullopt, "", at(1));
    CHECK(ops(log.edits_after({1, 1})) == std::vector<std::string>{"script"});
}

TEST_CASE("what is lost once is not lost again") {
    CallLog log;
    edit(log, "a", {1, 5});
    edit(log, "b", {1, 6});
    log.go_back_to({1, 5});
    edit(log, "c", {2, 1});
    CHECK(ops(log.edits_after({1, 5})) == std::vector<std::string>{"c"});
    CHECK(log.last(10).size() == 3);  // for reports it has happened
}

TEST_CASE("the log is bounded, and says when it has forgotten edits that matter") {
    CallLog log;
    edit(log, "first", {1, 1});
    edit(log, "second", {1, 2});
    for (std::size_t i = 0; i < CallLog::max_calls - 1; ++i)
        log.begin("read", "{}", at(0));
    CHECK(log.last(1'000).size() == CallLog::max_calls);
    CHECK(log.forgot_edits_after({}));
    CHECK_FALSE(log.forgot_edits_after({1, 1}));
    CHECK(ops(log.last(2)) == std::vector<std::string>{"read", "read"});
    log.go_back_to({});
    CHECK_FALSE(log.forgot_edits_after({}));
}

TEST_CASE("arguments and changes are cut, and a call that was forgotten can still end") {
    CallLog log;
    const auto number = log.begin("script", std::string(100'000, 'x'), at(0));
    log.succeeded(number, SceneMark{1, 1}, std::string(100'000, 'y'), at(1));
    const auto call = log.last(1).at(0);
    CHECK(call.args.size() < CallLog::max_args_bytes + 10);
    CHECK(call.changes.size() < CallLog::max_changes_bytes + 10);
    for (std::size_t i = 0; i < CallLog::max_calls; ++i)
        log.begin("read", "{}", at(0));
    log.succeeded(number, SceneMark{1, 9}, "", at(2));
    CHECK_FALSE(log.forgot_edits_after({1, 1}));
}

TEST_CASE("changes as a sentence") {
    struct Row {
        const char* json;
        const char* text;
    };
    const auto row = GENERATE(values<Row>({
        {R"({"changes":{"added":["A","B"],"removed":["C"],"changed":{"D":["location"]}}})",
         "added A, B; removed C; changed D"},
        {R"({"changes":{"added":[],"removed":[],"changed":{}}})", ""},
        {R"({"changes":{"added":[1,null],"changed":[]}})", ""},
        {R"({"changes":7})", ""},
        {R"({})", ""},
        {"nonsense", ""},
        {"", ""},
    }));
    CHECK(summarize_changes(row.json) == row.text);
}

}  // namespace blender_mcpd::blender
