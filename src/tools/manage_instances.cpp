#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

#include <blender_mcpd/guard/file_path.hpp>
#include <blender_mcpd/guard/names.hpp>

#include <fmt/format.h>

#include <string>
#include <utility>

namespace blender_mcpd::tools {
using namespace schema;

Spec manage_instances_spec() {
    Spec spec{
        "manage_instances",
        "Manage Blenders",
        "Lists the Blenders that there are: those that blender-mcpd runs without a window, and "
        "those of the user with its add-on; starts or stops one of the first, or uses one: your "
        "calls without `instance` go there from then on.",
        object({
            {"action", one_of({"list", "start", "stop", "use"}), required},
            {"name",
             string(1, blender::longest_instance_name, "For stop and use; for start optional.")},
            {"blend_file", with_format("file-path", string(1, 4'096, "start: the file to open."))},
            {"discard_changes", boolean("For stop.")},
        }),
        result({
            {"name", type("string", "Of the one that was started, stopped or is used.")},
            {"instances", list_of(type("object", "{name, kind, current, state, file, ...}")),
             required},
        }),
        {.read_only = false, .destructive = true, .idempotent = false, .open_world = false},
    };
    spec.keeps_scene = true;
    spec.has_read_only_form = true;
    spec.about_all_blenders = true;
    return spec;
}

namespace {

/// For who may change nothing: to look at another Blender is no change.
Spec list_and_use(Spec spec) {
    spec.description =
        "Lists the Blenders that there are, or uses one: your calls without `instance` go there "
        "from then on.";
    auto& properties = spec.input["properties"];
    properties["action"]["enum"] = {"list", "use"};
    properties.erase("blend_file");
    properties.erase("discard_changes");
    properties["name"]["description"] = "For use.";
    spec.annotations = {
        .read_only = true, .destructive = false, .idempotent = true, .open_world = false};
    return spec;
}

core::Error refuse(std::string message, std::string remedy) {
    return {.code = core::ErrorCode::invalid,
            .message = std::move(message),
            .remedy = std::move(remedy),
            .outcome = core::Outcome::not_applied};
}

/// What goes with which action.
core::Result<void> check(const core::Json& arguments) {
    const auto action = arguments["action"].get<std::string>();
    const bool has_name = arguments.contains("name");
    if ((action == "stop" || action == "use") && !has_name)
        return refuse(fmt::format("name: {} needs the name of one", action),
                      "action list tells their names");
    if (action == "list" && has_name)
        return refuse("name: list tells all of them", "Leave name out");
    if (action != "start" && arguments.contains("blend_file"))
        return refuse("blend_file: goes with start only",
                      "manage_file opens a file in a Blender that runs");
    if (action != "stop" && arguments.contains("discard_changes"))
        return refuse("discard_changes: goes with stop only", "Leave it out");
    if (action == "start" && has_name &&
        !guard::is_asset_id(arguments["name"].get_ref<const std::string&>()))
        return refuse("name: may have ASCII letters, digits, \"-\" and \"_\" only",
                      "For example \"variant-2\"");
    return {};
}

boost::asio::awaitable<core::Result<std::string>> start(Toolbox toolbox, mcp::CallContext context,
                                                        core::Json arguments) {
    blender::StartRequest request{arguments.value("name", ""), {}};
    if (arguments.contains("blend_file")) {
        auto file = guard::resolve_in_roots(arguments["blend_file"].get_ref<const std::string&>(),
                                            {}, toolbox.guards.roots, guard::Intent::read);
        if (!file) {
            auto error = file.error();
            error.message = "blend_file: " + error.message;
            co_return error;
        }
        request.blend_file = std::move(*file);
    }
    co_return co_await toolbox.blenders.start(std::move(request), context.cancel);
}

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> manage(Toolbox toolbox,
                                                             mcp::CallContext context,
                                                             core::Json arguments) {
    if (auto valid = check(arguments); !valid) co_return valid.error();
    const auto action = arguments["action"].get<std::string>();
    auto name = arguments.value("name", "");
    if (action == "start") {
        auto started = co_await start(toolbox, context, std::move(arguments));
        if (!started) co_return started.error();
        name = std::move(*started);
    } else if (action == "stop") {
        const bool discard = arguments.value("discard_changes", false);
        auto stopped = co_await toolbox.blenders.stop(name, discard);
        if (!stopped) co_return stopped.error();
    } else if (action == "use") {
        if (auto used = toolbox.blenders.use(name, context.client); !used) co_return used.error();
    }
    core::Json told = core::Json::object();
    if (!name.empty()) told["name"] = name;
    told["instances"] = co_await toolbox.blenders.list(context.client);
    mcp::ToolResult answer;
    answer.structured = core::dump(told);
    co_return answer;
}

}  // namespace

mcp::Tool manage_instances(const Toolbox& toolbox) {
    auto spec = manage_instances_spec();
    return bind(
        toolbox.options.selection.read_only ? list_and_use(std::move(spec)) : std::move(spec),
        toolbox, [](Toolbox own, mcp::CallContext context, core::Json arguments) {
            return manage(std::move(own), std::move(context), std::move(arguments));
        });
}

}  // namespace blender_mcpd::tools
