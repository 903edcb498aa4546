// What a model reads when a call fails.
#include "failure.hpp"

#include "fake_blender.hpp"

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

core::Error error(std::string message, std::string remedy, core::Outcome outcome,
                  std::string details) {
    return {core::ErrorCode::blender, std::move(message), std::move(remedy), outcome,
            std::move(details)};
}

constexpr auto not_applied = core::Outcome::not_applied;
constexpr auto unknown = core::Outcome::unknown;

const std::string nothing_changed = "\n\nNothing was changed in the scene.";
const std::string may_have_changed =
    "\n\nThe edit may or may not have been applied. Look first (get_scene_info, get_object_info) "
    "and repeat it only if it is missing.";

TEST_CASE("failures in words") {
    struct Row {
        std::string name;
        core::Error error;
        Effect effect;
        std::string expected;
    };
    const std::vector<Row> rows{
        {"a question", error("No Blender was found", "Install one", not_applied, ""), Effect::none,
         "No Blender was found\nWhat to do: Install one"},
        {"a question that was cut off", error("Connection lost", "", unknown, ""), Effect::none,
         "Connection lost"},
        {"an edit that was not made", error("No Blender was found", "", not_applied, ""),
         Effect::edit, "No Blender was found" + nothing_changed},
        {"an edit that was cut off", error("Connection lost", "Check Blender", unknown, ""),
         Effect::edit, "Connection lost\nWhat to do: Check Blender" + may_have_changed},
        {"an edit whose result is lost", error("Connection lost", "", core::Outcome::applied, ""),
         Effect::edit, "Connection lost\n\nThe edit was applied. Do not repeat it."},
        {"the field is named once",
         error("items[0].name: there is no Cub", "", not_applied, R"({"field":"items[0].name"})"),
         Effect::none, "items[0].name: there is no Cub"},
        {"the field is added",
         error("There is no Cub", "", not_applied, R"({"field":"items[0].name"})"), Effect::none,
         "items[0].name: There is no Cub"},
        {"a script",
         error("NameError: name 'x' is not defined (line 2)", "", unknown,
               R"({"kind":"script","traceback":"Traceback:\n  x\n","details":{"stdout":"one\n",
                   "stderr":"two\n","line":2,"changes":{"added":["Cube","material:Red"],
                   "removed":["Lamp"],"changed":{"Cam":["location","lens"],"B":[]}}}})"),
         Effect::edit,
         "NameError: name 'x' is not defined (line 2)\n\nTraceback:\nTraceback:\n  x\n\n"
         "stdout:\none\n\nstderr:\ntwo\n\nBefore it failed it had added Cube, material:Red; "
         "removed Lamp; changed Cam (location, lens), B. These changes remain: take them into "
         "account before repeating it."},
        {"a script that changed nothing",
         error("SyntaxError: bad", "", unknown,
               R"({"traceback":"T","details":{"stdout":"","stderr":"\n",
                   "changes":{"added":[],"removed":[],"changed":{}}}})"),
         Effect::edit, "SyntaxError: bad\n\nTraceback:\nT\n\nNo change to the scene was seen."},
        {"details that are not JSON", error("Odd", "", not_applied, "{"), Effect::none, "Odd"},
        {"details of another shape",
         error("Odd", "", not_applied, R"({"traceback":1,"field":[],"details":"x"})"), Effect::none,
         "Odd"},
        {"details that are no object", error("Odd", "", not_applied, "[1]"), Effect::none, "Odd"},
        {"changes of another shape",
         error("Odd", "", unknown, R"({"details":{"changes":{"added":[1],"changed":[]}}})"),
         Effect::edit,
         "Odd\n\nBefore it failed it had added 1. These changes remain: take them into account "
         "before repeating it."},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(explain_failure(row.error, row.effect) == row.expected);
    }
}

TEST_CASE("of long output the end is shown, cut between characters") {
    core::Json details;
    details["details"]["stdout"] = std::string(5'000, 'x') + [] {
        std::string wide;
        for (int i = 0; i < 4'000; ++i)
            wide += "é";
        return wide + "!";
    }();
    const auto text =
        explain_failure(error("E", "", not_applied, core::dump(details)), Effect::none);
    CHECK(text.size() < 8'200);
    CHECK_THAT(text, ContainsSubstring("stdout:\n[5002 bytes left out]éé"));
    CHECK(text.substr(text.size() - 3) == "é!");
}

TEST_CASE("refusals say nothing of the scene") {
    CHECK(explain_refusal(error("a: must be b", "Use c", not_applied, "")) ==
          "a: must be b\nWhat to do: Use c");
}

TEST_CASE("every tool turns a failure into an isError result") {
    const std::vector<std::pair<std::string, std::string>> calls{
        {"get_scene_info", "{}"},
        {"get_object_info", R"({"names":["A"]})"},
        {"get_viewport_screenshot", "{}"},
        {"inspect_data", R"({"path":"scene"})"},
        {"lookup_api", R"({"query":"mesh.bevel"})"},
        {"create_objects", R"({"items":[{"kind":"cube"}]})"},
        {"update_objects", R"({"items":[{"name":"A","visible":true}]})"},
        {"delete_objects", R"({"names":["A"]})"},
        {"duplicate_objects", R"({"names":["A"]})"},
        {"set_material", R"({"objects":["A"],"material":{}})"},
        {"edit_nodes", R"({"tree":{"kind":"world"},"layout":true})"},
        {"set_modifiers", R"({"objects":["A"],"operations":[{"remove":"B"}]})"},
        {"set_keyframes", R"({"target":"A","data_path":"scale","remove":{"first":1,"last":9}})"},
        {"set_scene", R"({"camera":"A"})"},
        {"render", "{}"},
        {"history", R"({"action":"undo"})"},
        {"batch", R"({"steps":[{"tool":"delete_objects","arguments":{"names":["A"]}}]})"},
        {"manage_file", R"({"action":"save"})"},
        {"execute_blender_code", R"({"code":"x"})"},
    };
    for (const auto& [tool, arguments] : calls) {
        CAPTURE(tool);
        Bench bench;
        bench.blender.error = error("Connection lost", "", unknown, "");
        const auto result = bench.call(tool, arguments);
        CHECK(result.is_error);
        CHECK(result.structured.empty());
        CHECK(result.content.size() == 1);
        // render writes files at most.
        const auto edits = !bench.tool(tool).annotations.read_only && tool != "render";
        CHECK(error_text(result) == "Connection lost" + (edits ? may_have_changed : ""));
    }
}

}  // namespace
}  // namespace blender_mcpd::tools
