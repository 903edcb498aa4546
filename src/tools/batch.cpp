#include "argument_rules.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"
#include "script_permission.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace blender_mcpd::tools {
namespace {

using namespace schema;

constexpr std::string_view script_tool = "execute_blender_code";
constexpr std::size_t max_steps = 100;

/// The tools that may be steps.
constexpr std::array<std::string_view, 15> step_names{
    "get_scene_info", "get_object_info", "inspect_data",      "lookup_api",   "create_objects",
    "update_objects", "delete_objects",  "duplicate_objects", "set_material", "edit_nodes",
    "set_modifiers",  "set_keyframes",   "set_scene",         "import_file",  script_tool};

struct StepTool {
    explicit StepTool(Spec spec)
        : name(std::move(spec.name)),
          rules(std::move(spec.input)),
          tool_class(spec.tool_class),
          source_paths(spec.source_paths) {}

    std::string name;
    ArgumentRules rules;
    guard::ToolClass tool_class;
    SourcePaths (*source_paths)(core::Json& arguments);
};
using StepTools = std::vector<StepTool>;

/// Made when they are used: few clients call this tool.
StepTools& made(StepTools& tools) {
    if (tools.empty())
        for (const auto name : step_names)
            tools.emplace_back(spec_of(name));
    return tools;
}

/// What the client may not call by itself is no step either.
std::vector<std::string_view> step_names_for(const ToolSelection& selection) {
    std::vector<std::string_view> names;
    std::ranges::copy_if(step_names, std::back_inserter(names),
                         [&](auto name) { return is_named(name, selection); });
    return names;
}

}  // namespace

Spec batch_spec() {
    const auto step = object({
        {"tool",
         outlined(one_of({step_names.begin(), step_names.end()},
                         "Any that looks at the scene or edits it, and import_file.")),
         required},
        {"arguments", type("object", "As of that tool, without timeout_s."), required},
    });
    return {
        "batch",
        "Run several tools as one",
        "Runs up to 100 steps in order, as one edit: one undo step with the label, one time limit. "
        "When a step fails nothing remains of any of them, and the error says which step and why; "
        "with atomic false the steps before it remain. Returns the result of each step, and what "
        "changed in all.",
        object({
            {"steps", array_of(step, 1, max_steps, "In order."), required},
            {"atomic", with_default(boolean("All or none."), true)},
            {"label", string(1, 60, "Of the undo step.")},
            {"timeout_s", fragments::timeout(3'600, "Seconds, for all.")},
        }),
        result({
            {"steps", list_of(type("object", "{tool, result}")), required},
            {"policy", list_of(type("object"))},
            {"changes", fragments::changes(), required},
            {"generation", fragments::generation(), required},
        }),
        {.read_only = false, .destructive = true, .idempotent = false, .open_world = true},
    };
}

namespace {

StepTool& tool_of(StepTools& tools, const core::Json& step) {
    return *std::ranges::find(tools, step["tool"].get_ref<const std::string&>(), &StepTool::name);
}

/// Each step's arguments by the rules of its tool.
core::Result<void> check_steps(StepTools& tools, core::Json& steps) {
    for (std::size_t index = 0; index < steps.size(); ++index) {
        auto& arguments = steps[index]["arguments"];
        const auto where = fmt::format("steps[{}].arguments", index);
        if (arguments.contains("timeout_s"))
            return core::Error{.code = core::ErrorCode::invalid,
                               .message = where + ".timeout_s: a batch has one limit for all steps",
                               .remedy = "Give timeout_s to the batch itself."};
        if (auto valid = tool_of(tools, steps[index]).rules.apply(arguments); !valid) {
            auto error = valid.error();
            error.message = where + "." + error.message;
            return error;
        }
    }
    return {};
}

/// A step is a call of its tool.
core::Result<void> take_permits(StepTools& tools, const core::Json& steps,
                                guard::RateLimiter& limiter, const std::string& client) {
    for (const auto& step : steps) {
        const auto& tool = tool_of(tools, step);
        const auto permit = limiter.acquire(client, tool.name, tool.tool_class);
        if (!permit) return permit.error();
    }
    return {};
}

SourcePaths source_paths(StepTools& tools, core::Json& steps) {
    SourcePaths all;
    for (std::size_t index = 0; index < steps.size(); ++index) {
        const auto find = tool_of(tools, steps[index]).source_paths;
        if (find == nullptr) continue;
        for (auto& path : find(steps[index]["arguments"]))
            all.push_back({path.value, fmt::format("steps[{}].arguments.{}", index, path.where),
                           path.names_others});
    }
    return all;
}

std::vector<ScriptText> scripts(const core::Json& steps) {
    std::vector<ScriptText> texts;
    for (std::size_t index = 0; index < steps.size(); ++index) {
        if (steps[index]["tool"] != script_tool) continue;
        const auto& arguments = steps[index]["arguments"];
        for (const auto* member : {"code", "return_expression"}) {
            const auto text = arguments.find(member);
            if (text != arguments.end())
                texts.push_back({fmt::format("In {} of steps[{}]: ", member, index),
                                 text->get_ref<const std::string&>()});
        }
    }
    return texts;
}

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> run(std::shared_ptr<StepTools> tools,
                                                          Toolbox toolbox, mcp::CallContext context,
                                                          core::Json arguments) {
    auto& steps = arguments["steps"];
    if (const auto valid = check_steps(made(*tools), steps); !valid) {
        toolbox.guards.metrics.add(validation_failures, 1, "batch");
        co_return valid.error();
    }
    auto paths = source_paths(made(*tools), steps);
    if (const auto found = co_await resolve(toolbox, std::move(paths)); !found)
        co_return found.error();
    auto texts = scripts(steps);
    const auto judgement = co_await judge(toolbox.guards.scripts, std::move(texts));
    auto allowed = permission(toolbox, context, judgement);
    if (!allowed) co_return allowed.error();
    if (*allowed) co_return std::move(**allowed);
    const auto permits = take_permits(made(*tools), steps, toolbox.guards.limiter, context.client);
    if (!permits) co_return permits.error();

    co_return co_await run_scripts(std::move(toolbox), "batch", std::move(arguments),
                                   std::move(context), judgement.verdict);
}

}  // namespace

mcp::Tool batch(const Toolbox& toolbox) {
    auto spec = batch_spec();
    spec.input["properties"]["steps"]["items"]["properties"]["tool"]["enum"] =
        step_names_for(toolbox.options.selection);
    return bind(std::move(spec), toolbox,
                [tools = std::make_shared<StepTools>()](Toolbox own, mcp::CallContext context,
                                                        core::Json arguments) {
                    return run(tools, std::move(own), std::move(context), std::move(arguments));
                });
}

}  // namespace blender_mcpd::tools
