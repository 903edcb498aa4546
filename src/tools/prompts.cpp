#include "prompts.hpp"

#include "completions.hpp"
#include "resources.hpp"

#include <blender_mcpd/tools/tools.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace blender_mcpd::tools {

namespace asio = boost::asio;

namespace {

struct Argument {
    std::string name;
    std::string description;
    std::string fallback;             // what the text says without it; empty: it is required
    std::vector<std::string> values;  // to choose from; other values are fine, too
    std::string kind;                 // of names in the scene (list_names), instead of values
};

struct Spec {
    std::string name;
    std::string title;
    std::string description;
    std::vector<Argument> arguments;
    bool shows_scene = false;  // the scene goes along when a Blender runs
};

std::vector<std::string> engines() {
    return {"cycles", "eevee", "workbench"};
}

std::vector<Spec> specs() {
    return {
        {"asset_creation_strategy",
         "Plan and build something",
         "How to build a thing or a scene with these tools: order of work, sizes, checks.",
         {{"goal", "What to make.", "what the user asked for", {}, {}},
          {"style",
           "How it should look.",
           "one that suits the goal",
           {"realistic", "stylized", "low poly", "cartoon", "architectural", "product", "sci-fi"},
           {}}}},
        {"review_scene",
         "Review the scene",
         "Looks for what is wrong in the open scene and says what to do about it.",
         {{"focus",
           "What to look at most.",
           "everything",
           {"everything", "composition", "lighting", "materials", "geometry", "naming",
            "performance"},
           {}}},
         true},
        {"product_shot",
         "Product shot",
         "Backdrop, camera and lights around one object, and a render of it.",
         {{"object", "The product.", {}, {}, "mesh"},
          {"style",
           "Of the picture.",
           "clean studio",
           {"clean studio", "dramatic", "minimal", "dark", "pastel", "top-down"},
           {}},
          {"engine", "Of the last render.", "cycles", engines(), {}},
          {"resolution",
           "[width, height] of the last render.",
           "[1080, 1080]",
           {"[1080, 1080]", "[1920, 1080]", "[1080, 1350]", "[2048, 2048]"},
           {}}}},
        {"light_scene",
         "Light the scene",
         "Replaces weak lighting by a key, fill and rim that suit a mood.",
         {{"mood",
           "Of the light.",
           "neutral studio",
           {"neutral studio", "golden hour", "overcast", "night", "dramatic", "horror", "sunny day",
            "soft interior"},
           {}},
          {"subject",
           "The object that matters most.",
           "the main subject (find it first)",
           {},
           "object"},
          {"engine", "To judge it with.", "eevee", engines(), {}}}},
        {"dress_scene",
         "Dress the scene with assets",
         "Finds ready-made models, textures and an HDRI, looks at them, brings them in and credits "
         "them.",
         {{"theme", "What the scene shows.", "what the scene shows already", {}, {}},
          {"licenses",
           "Which are fine.",
           "any that allows the user's purpose, with credit where it is asked for",
           {"CC0 only", "CC0 or with attribution", "no non-commercial ones", "any"},
           {}},
          {"resolution", "Of textures.", "2k", {"1k", "2k", "4k"}, {}}}},
        {"retopo_checklist",
         "Retopology checklist",
         "Checks a mesh for its use and says how to clean or rebuild it.",
         {{"object", "The mesh.", {}, {}, "mesh"},
          {"purpose",
           "What the mesh is for.",
           "a real-time asset",
           {"a real-time asset", "animation", "3D print", "subdivision", "still render"},
           {}},
          {"faces", "How many faces it may have.", "as few as keep the silhouette", {}, {}}}},
        {"fix_materials",
         "Fix materials",
         "Finds missing, doubled and implausible materials and mends them.",
         {{"material", "Only this one.", "all materials", {}, "material"},
          {"object", "Only on this object.", "all objects", {}, "object"},
          {"look",
           "How they should look.",
           "physically plausible",
           {"physically plausible", "stylized", "flat colours", "worn", "glossy"},
           {}}}},
        {"animate_object",
         "Animate an object",
         "Keyframes for one object, checked on single frames.",
         {{"object", "What moves.", {}, {}, "object"},
          {"motion",
           "What it does.",
           "a turntable: one turn about its Z axis",
           {"a turntable: one turn about its Z axis", "bounce", "slide in from the left", "hover",
            "grow from nothing", "orbit of the camera around it"},
           {}},
          {"frames", "How many frames it takes.", "120", {"24", "48", "120", "250"}, {}}}},
    };
}

using Names = std::set<std::string, std::less<>>;

/// What of `text` is for clients with these tools. Conditions do not nest.
std::string for_tools(std::string_view text, const Names& tools) {
    constexpr std::string_view begin = "{{if ";
    constexpr std::string_view otherwise = "{{else}}";
    constexpr std::string_view end = "{{end}}";
    std::string out;
    for (;;) {
        const auto open = text.find(begin);
        if (open == std::string_view::npos) return out += text;
        out += text.substr(0, open);
        text.remove_prefix(open + begin.size());
        const auto tool = text.substr(0, text.find("}}"));
        const auto body = text.substr(tool.size() + 2, text.find(end) - tool.size() - 2);
        const auto split = std::min(body.find(otherwise), body.size());
        if (tools.contains(tool))
            out += body.substr(0, split);
        else if (split < body.size())
            out += body.substr(split + otherwise.size());
        text.remove_prefix(tool.size() + 2 + body.size() + end.size());
    }
}

/// Tools are named between backticks.
bool names_only(std::string_view text, const Names& tools) {
    return std::ranges::all_of(tool_names(), [&](std::string_view name) {
        return tools.contains(name) || text.find(fmt::format("`{}`", name)) == std::string::npos;
    });
}

/// `text` with the arguments in place of {{name}}. What an argument holds is not looked at again.
std::string filled(std::string_view text, const std::map<std::string, std::string>& values) {
    std::string out;
    for (;;) {
        const auto open = text.find("{{");
        const auto close = text.find("}}", open);
        if (open == std::string_view::npos || close == std::string_view::npos) break;
        out += text.substr(0, open);
        out += values.at(std::string(text.substr(open + 2, close - open - 2)));
        text.remove_prefix(close + 2);
    }
    return out += text;
}

/// The scene as it is, unless none is open or it cannot be read: the prompt is good without.
asio::awaitable<std::vector<mcp::ResourceContents>> scene_now(Toolbox toolbox,
                                                              mcp::CallContext context) {
    std::vector<mcp::ResourceContents> nothing;
    auto own = toolbox_for(std::move(toolbox), {}, context.client);
    if (!own || own->blender->instance().empty()) co_return nothing;
    auto answer = co_await read_scene(std::move(*own), std::move(context));
    auto* contents = std::get_if<std::vector<mcp::ResourceContents>>(&answer);
    co_return contents == nullptr ? std::move(nothing) : std::move(*contents);
}

asio::awaitable<mcp::PromptAnswer> get(std::shared_ptr<const Spec> spec,
                                       std::shared_ptr<const std::string> text, Toolbox toolbox,
                                       mcp::CallContext context,
                                       std::map<std::string, std::string> given) {
    // Clients send fields that were left empty as "".
    std::erase_if(given, [](const auto& entry) { return entry.second.empty(); });
    for (const auto& argument : spec->arguments) {
        const auto [value, missing] = given.try_emplace(argument.name, argument.fallback);
        if (missing && argument.fallback.empty())
            co_return mcp::invalid_params("arguments." + argument.name + " is required");
        if (value->second.size() > max_prompt_argument)
            co_return mcp::invalid_params(fmt::format("arguments.{} is longer than {} bytes",
                                                      argument.name, max_prompt_argument));
    }
    mcp::PromptResult result;
    result.description = spec->description;
    result.messages.push_back({"user", mcp::TextContent{filled(*text, given)}});
    if (!spec->shows_scene) co_return result;
    auto scene = co_await scene_now(toolbox, std::move(context));
    for (auto& contents : scene)
        result.messages.push_back({"user", std::move(contents)});
    co_return result;
}

asio::awaitable<mcp::Completion> complete(std::shared_ptr<const Spec> spec, Toolbox toolbox,
                                          core::Timers& timers, mcp::CallContext context,
                                          mcp::CompletionRequest request) {
    for (const auto& argument : spec->arguments) {
        if (argument.name != request.argument) continue;
        if (argument.kind.empty()) co_return ranked(argument.values, request.value);
        auto own = toolbox_for(std::move(toolbox), {}, context.client);
        if (!own) break;
        co_return co_await live_names(std::move(*own), timers, std::move(context), argument.kind,
                                      std::move(request.value));
    }
    mcp::Completion nothing;
    co_return nothing;
}

}  // namespace

void add_prompts(mcp::Registry& registry, const Toolbox& toolbox, core::Timers& timers) {
    Names selected;
    for (const auto name : offered_tools(toolbox.options.selection))
        selected.emplace(name);
    for (auto& one : specs()) {
        const auto text =
            std::make_shared<const std::string>(for_tools(prompt_text(one.name), selected));
        if (!names_only(*text, selected)) continue;
        const auto spec = std::make_shared<const Spec>(std::move(one));
        mcp::Prompt prompt{spec->name, spec->title, spec->description, {}, {}};
        for (const auto& argument : spec->arguments)
            prompt.arguments.push_back(
                {argument.name, {}, argument.description, argument.fallback.empty()});
        prompt.handler = [spec, text, toolbox](mcp::CallContext context,
                                               std::map<std::string, std::string> arguments) {
            return get(spec, text, toolbox, std::move(context), std::move(arguments));
        };
        prompt.complete = [spec, toolbox, &timers](mcp::CallContext context,
                                                   mcp::CompletionRequest request) {
            return complete(spec, toolbox, timers, std::move(context), std::move(request));
        };
        registry.add(std::move(prompt));
    }
}

}  // namespace blender_mcpd::tools
