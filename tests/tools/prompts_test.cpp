#include "offers_bench.hpp"

#include <algorithm>
#include <set>

#include <prompts.hpp>
#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

std::string text_of(const mcp::PromptAnswer& answer) {
    const auto& messages = std::get<mcp::PromptResult>(answer).messages;
    REQUIRE(!messages.empty());
    CHECK(messages.front().role == "user");
    return std::get<mcp::TextContent>(messages.front().content).text;
}

std::map<std::string, std::string> required(const mcp::Prompt& prompt) {
    std::map<std::string, std::string> arguments;
    for (const auto& argument : prompt.arguments)
        if (argument.required) arguments[argument.name] = "My " + argument.name;
    return arguments;
}

/// What stands between backticks.
std::vector<std::string> code_words(const std::string& text) {
    std::vector<std::string> words;
    for (auto open = text.find('`'); open != std::string::npos;) {
        const auto close = text.find('`', open + 1);
        REQUIRE(close != std::string::npos);
        words.push_back(text.substr(open + 1, close - open - 1));
        open = text.find('`', close + 1);
    }
    return words;
}

TEST_CASE("the prompts and their arguments") {
    OffersBench bench(Bench::generous(), {}, {ToolSet::full});
    std::map<std::string, std::string> listed;
    for (const auto& prompt : bench.registry.prompts()) {
        CHECK(!prompt->title.empty());
        CHECK(!prompt->description.empty());
        for (const auto& argument : prompt->arguments) {
            CHECK(!argument.description.empty());
            listed[prompt->name] += (argument.required ? "!" : "") + argument.name + " ";
        }
    }
    CHECK(listed ==
          std::map<std::string, std::string>{{"asset_creation_strategy", "goal style "},
                                             {"review_scene", "focus "},
                                             {"product_shot", "!object style engine resolution "},
                                             {"light_scene", "mood subject engine "},
                                             {"dress_scene", "theme licenses resolution "},
                                             {"retopo_checklist", "!object purpose faces "},
                                             {"fix_materials", "material object look "},
                                             {"animate_object", "!object motion frames "}});
}

struct Clients {
    const char* name;
    ToolSelection selection;
    std::set<std::string> prompts;  // empty: all
};

std::vector<Clients> clients() {
    using enum ToolSet;
    return {
        {"standard", {standard}, {}},
        {"full", {full}, {}},
        {"single ones on", {standard, {"set_keyframes", "set_scene", "edit_nodes"}}, {}},
        {"single ones off", {full, {}, {"set_keyframes", "import_file", "set_modifiers"}}, {}},
        {"without scripts",
         {full, {}, {"execute_blender_code"}},
         {"asset_creation_strategy", "review_scene", "fix_materials", "light_scene", "product_shot",
          "animate_object", "dress_scene"}},
        {"read only", {full, {}, {}, true}, {"review_scene"}},
        {"minimal", {minimal}, {"-"}},
    };
}

TEST_CASE("prompts are short, complete, and name only tools that the client has") {
    for (const auto& client : clients()) {
        CAPTURE(client.name);
        OffersBench bench(Bench::generous(), {}, client.selection);
        std::set<std::string> names;
        for (const auto& tool : bench.tools)
            names.insert(tool.name);
        std::set<std::string> offered;
        for (const auto& prompt : bench.registry.prompts()) {
            CAPTURE(prompt->name);
            offered.insert(prompt->name);
            const auto answer = bench.get(prompt->name, required(*prompt));
            const auto text = text_of(answer);
            CHECK(std::get<mcp::PromptResult>(answer).description == prompt->description);
            CHECK(text.size() > 500);
            CHECK(text.size() < 4'000);
            CHECK(text.find("{{") == std::string::npos);
            CHECK(text.find("}}") == std::string::npos);
            CHECK(text.find("  ") == text.find("   -"));  // of a list inside of a step
            const auto words = code_words(text);
            CHECK(words.size() >= 4);
            for (const auto& word : words) {
                CAPTURE(word);
                CHECK(names.contains(word));
            }
        }
        if (client.prompts.empty())
            CHECK(offered.size() == (names.contains("import_asset") ? 8 : 7));
        else if (client.prompts.contains("-"))
            CHECK(offered.empty());
        else
            CHECK(offered == client.prompts);
    }
}

TEST_CASE("prompts send to the tool for the job where the client has it, else to a script") {
    struct Row {
        std::string prompt;
        std::string tool;
    };
    for (const auto& row : std::vector<Row>{{"animate_object", "set_keyframes"},
                                            {"animate_object", "set_scene"},
                                            {"asset_creation_strategy", "set_modifiers"},
                                            {"asset_creation_strategy", "edit_nodes"},
                                            {"asset_creation_strategy", "duplicate_objects"},
                                            {"asset_creation_strategy", "import_file"},
                                            {"asset_creation_strategy", "import_asset"},
                                            {"asset_creation_strategy", "lookup_api"},
                                            {"fix_materials", "edit_nodes"},
                                            {"light_scene", "set_scene"},
                                            {"product_shot", "set_scene"},
                                            {"retopo_checklist", "set_modifiers"},
                                            {"review_scene", "inspect_data"}}) {
        CAPTURE(row.prompt, row.tool);
        const auto text = [&](ToolSelection selection) {
            OffersBench bench(Bench::generous(), {}, std::move(selection));
            return text_of(bench.get(row.prompt, required(*bench.registry.prompt(row.prompt))));
        };
        const auto named = "`" + row.tool + "`";
        CHECK_THAT(text({ToolSet::full}), ContainsSubstring(named));
        const auto without = text({ToolSet::full, {}, {row.tool}});
        CHECK_THAT(without, !ContainsSubstring(named));
        CHECK_THAT(without, ContainsSubstring("`execute_blender_code`"));
    }
}

TEST_CASE("assets are for clients that can get them") {
    OffersBench standard;
    CHECK(standard.registry.prompt("dress_scene") == nullptr);
    CHECK_THAT(text_of(standard.get("light_scene", {})), ContainsSubstring("no HDRI search"));
    OffersBench full(Bench::generous(), {}, {ToolSet::full});
    CHECK_THAT(text_of(full.get("light_scene", {})), ContainsSubstring("`search_assets`"));
    const auto text = text_of(full.get("dress_scene", {}));
    for (const auto* part : {"`search_assets`", "`get_asset_preview`", "`import_asset`", "`render`",
                             "blender://default/credits"})
        CHECK_THAT(text, ContainsSubstring(part));
}

TEST_CASE("every argument is in the text, given or not, and given empty is not given") {
    OffersBench bench(Bench::generous(), {}, {ToolSet::full});
    for (const auto& prompt : bench.registry.prompts()) {
        const auto least = required(*prompt);
        const auto plain = text_of(bench.get(prompt->name, least));
        for (const auto& argument : prompt->arguments) {
            CAPTURE(prompt->name, argument.name);
            auto arguments = least;
            arguments[argument.name] = "x {{object}} \"y\"\n{{z";
            const auto text = text_of(bench.get(prompt->name, arguments));
            CHECK(text.find("x {{object}} \"y\"\n{{z") != std::string::npos);
            if (argument.required) continue;
            CHECK(text != plain);
            arguments[argument.name] = "";
            CHECK(text_of(bench.get(prompt->name, arguments)) == plain);
        }
    }
}

TEST_CASE("arguments that are missing, or too long, are refused") {
    OffersBench bench;
    const auto refused = [&](std::map<std::string, std::string> arguments) {
        const auto answer = bench.get("product_shot", std::move(arguments));
        const auto* error = std::get_if<mcp::RpcError>(&answer);
        if (error == nullptr) return std::string();
        CHECK(error->code == mcp::RpcCode::invalid_params);
        return error->message;
    };
    CHECK(refused({{"object", ""}}).find("arguments.object is required") != std::string::npos);
    CHECK(refused({{"object", std::string(max_prompt_argument, 'x')}}).empty());
    CHECK(refused({{"object", std::string(max_prompt_argument + 1, 'x')}})
              .find("arguments.object is longer") != std::string::npos);
    CHECK(refused({{"object", "Cube"}, {"unknown", "is ignored"}}).empty());
}

TEST_CASE("prompts ask Blender for nothing, but for the review of a scene") {
    OffersBench bench;
    for (const auto& prompt : bench.registry.prompts())
        if (prompt->name != "review_scene") (void)bench.get(prompt->name, required(*prompt));
    CHECK(bench.blender.calls.empty());
}

TEST_CASE("the review has the scene with it when a Blender runs") {
    OffersBench bench;
    bench.blender.result = R"({"scene":"Scene"})";
    const auto answer = bench.get("review_scene", {});
    const auto& messages = std::get<mcp::PromptResult>(answer).messages;
    REQUIRE(messages.size() == 2);
    const auto& scene = std::get<mcp::ResourceContents>(messages[1].content);
    CHECK(scene.uri == "blender://default/scene");
    CHECK(scene.mime_type == "application/json");
    CHECK(scene.data == bench.blender.result);
}

TEST_CASE("the review is there without the scene when it cannot be had") {
    OffersBench bench;
    bench.blender.error = core::Error{core::ErrorCode::timeout, "It took too long"};
    CHECK(std::get<mcp::PromptResult>(bench.get("review_scene", {})).messages.size() == 1);
    CHECK(bench.blender.calls.size() == 1);
    bench.blender.name.clear();
    CHECK(std::get<mcp::PromptResult>(bench.get("review_scene", {})).messages.size() == 1);
    CHECK(bench.blender.calls.size() == 1);
}

TEST_CASE("arguments complete from lists and from the scene") {
    struct Row {
        std::string prompt;
        std::string argument;
        std::string kind;  // of names in the scene; "": a list; "-": nothing
    };
    const std::vector<Row> rows{
        {"asset_creation_strategy", "goal", "-"},
        {"asset_creation_strategy", "style", ""},
        {"review_scene", "focus", ""},
        {"product_shot", "object", "mesh"},
        {"product_shot", "style", ""},
        {"product_shot", "engine", ""},
        {"product_shot", "resolution", ""},
        {"light_scene", "mood", ""},
        {"light_scene", "subject", "object"},
        {"light_scene", "engine", ""},
        {"retopo_checklist", "object", "mesh"},
        {"retopo_checklist", "purpose", ""},
        {"retopo_checklist", "faces", "-"},
        {"dress_scene", "theme", "-"},
        {"dress_scene", "licenses", ""},
        {"dress_scene", "resolution", ""},
        {"fix_materials", "material", "material"},
        {"fix_materials", "object", "object"},
        {"fix_materials", "look", ""},
        {"animate_object", "object", "object"},
        {"animate_object", "motion", ""},
        {"animate_object", "frames", ""},
        {"animate_object", "nonsense", "-"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.prompt, row.argument);
        OffersBench bench(Bench::generous(), {}, {ToolSet::full});
        bench.blender.result = R"({"names":["A","B"],"total":2})";
        const auto completion = bench.complete_prompt(row.prompt, {row.argument, "", {}});
        if (row.kind == "-") {
            CHECK(completion.values.empty());
        } else if (row.kind.empty()) {
            CHECK(completion.values.size() >= 3);
            CHECK(bench.blender.calls.empty());
        } else {
            CHECK(completion.values == std::vector<std::string>{"A", "B"});
            CHECK(bench.sent_kind() == row.kind);
        }
    }
    OffersBench bench;
    CHECK(bench.complete_prompt("light_scene", {"engine", "EE", {}}).values ==
          std::vector<std::string>{"eevee"});
}

}  // namespace
}  // namespace blender_mcpd::tools
