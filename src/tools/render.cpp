#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"
#include "seconds.hpp"

#include <blender_mcpd/tools/renders.hpp>

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace blender_mcpd::tools {
namespace {

using namespace schema;

Spec spec() {
    return {
        "render",
        "Render an image",
        "Renders a still and returns it as PNG, with notes on what was assumed. Works in a "
        "second Blender on a snapshot: the scene stays free and untouched. For a quick "
        "look use engine workbench or a small resolution. The image is kept as a resource, too.",
        object({
            {"engine", one_of({"workbench", "eevee", "cycles"}, "Default: the scene's.")},
            {"samples", integer(1, 4'096)},
            {"resolution", array_of(integer(4, 8'192), 2, 2, "[width, height] in pixels.")},
            {"percentage", number(1, 100, "Scales the resolution.")},
            {"camera", fragments::name("Default: the scene's.")},
            {"frame", integer(-1'048'574, 1'048'574)},
            {"transparent", boolean("Transparent background.")},
            {"timeout_s", fragments::timeout(86'400, "Seconds until it is given up.")},
        }),
        result({
            {"image", type("object", "{mime_type, width, height, bytes}"), required},
            {"engine", type("string"), required},
            {"samples", nullable("integer")},
            {"frame", type("integer")},
            {"camera", nullable("string")},
            {"seconds", type("number")},
            {"notes", fragments::text_list()},
            {"generation", fragments::generation()},
        }),
        {.read_only = true, .destructive = false, .idempotent = true, .open_world = false},
        guard::ToolClass::general,
        mcp::TaskSupport::optional,
    };
}

/// "cycles, 1920 x 1080, frame 1, Camera"
std::string describe_render(const std::string& structured) {
    const auto about = core::parse_json(structured);
    if (!about) return {};
    const auto& image = (*about)["image"];
    auto text = fmt::format("{}, {} x {}", about->value("engine", "?"), image.value("width", 0),
                            image.value("height", 0));
    if (const auto frame = about->find("frame"); frame != about->end())
        text += ", frame " + core::dump(*frame);
    if (const auto camera = about->find("camera"); camera != about->end() && camera->is_string())
        text += ", " + camera->get<std::string>();
    return text;
}

/// The image becomes a resource as well.
void keep_image(const Toolbox& toolbox, mcp::ToolResult& result) {
    if (toolbox.options.renders == nullptr || result.content.empty()) return;
    const auto* image = std::get_if<mcp::ImageContent>(&result.content.front());
    if (image == nullptr) return;
    if (auto link = toolbox.options.renders->keep(*image, describe_render(result.structured)))
        result.content.emplace_back(std::move(*link));
}

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> run(Toolbox toolbox, mcp::CallContext context,
                                                          core::Json arguments) {
    const auto timeout = take_seconds(arguments, "timeout_s");
    auto wanted = operation("render", arguments, context);
    wanted.timeout = timeout.value_or(toolbox.options.render_timeout);
    auto reply = co_await toolbox.blender.call_on_copy(std::move(wanted), context.cancel,
                                                       forward_progress(context));
    if (!reply) co_return reply.error();
    auto result = to_result(std::move(*reply));
    if (!result) co_return result.error();
    keep_image(toolbox, *result);
    co_return std::move(*result);
}

}  // namespace

mcp::Tool render(const Toolbox& toolbox) {
    return bind(spec(), toolbox, [toolbox](mcp::CallContext context, core::Json arguments) {
        return run(toolbox, std::move(context), std::move(arguments));
    });
}

}  // namespace blender_mcpd::tools
