#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"
#include "render_output.hpp"
#include "seconds.hpp"

#include <blender_mcpd/tools/renders.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace blender_mcpd::tools {
namespace {

using namespace schema;

constexpr std::int64_t last_frame = 1'048'574;  // Blender's MAXFRAME

}  // namespace

Spec render_spec() {
    return {
        "render",
        "Render an image or animation",
        "Renders a still and returns it as PNG (kept as a resource, too), or an animation into "
        "files, with one frame as a preview. notes tell what was assumed. Works in a second "
        "Blender on a snapshot: the scene stays free and untouched. For a quick look use "
        "get_viewport_screenshot.",
        object({
            {"kind", with_default(one_of({"still", "animation"}), "still")},
            {"engine", one_of({"workbench", "eevee", "cycles"}, "Default: the scene's.")},
            {"samples", integer(1, 4'096)},
            {"resolution", array_of(integer(4, 8'192), 2, 2, "[width, height] in pixels.")},
            {"percentage", number(1, 100, "Scales the resolution.")},
            {"camera", fragments::name("Default: the scene's.")},
            {"frame", integer(-last_frame, last_frame, "Of a still.")},
            {"frame_start", integer(0, last_frame, "Of an animation; default: the scene's.")},
            {"frame_end", integer(0, last_frame)},
            {"frame_step", integer(1, last_frame)},
            {"output",
             with_format("file-path", string(1, 4'096,
                                             "Of an animation: a video (.mp4, .mkv, .webm), or PNG "
                                             "frames (walk_####.png, folder/). May be relative to "
                                             "the open file."))},
            {"overwrite", boolean("Replace files of that name.")},
            {"transparent", boolean("Transparent background.")},
            {"timeout_s", fragments::timeout(86'400, "Seconds.")},
        }),
        result({
            {"image", type("object", "{mime_type, width, height, bytes}"), required},
            {"animation", type("object",
                               "{files, first, last, bytes, frames, frame_start, "
                               "frame_end, frame_step, width, height, fps, duration_s, "
                               "codec}")},
            {"engine", type("string"), required},
            {"samples", nullable("integer")},
            {"frame", type("integer", "Of the image.")},
            {"camera", nullable("string")},
            {"seconds", type("number")},
            {"notes", fragments::text_list()},
            {"generation", fragments::generation()},
        }),
        // For an animation's files.
        {.read_only = false, .destructive = true, .idempotent = true, .open_world = false},
        guard::ToolClass::general,
        true,  // keeps_scene
        true,  // has_read_only_form
    };
}

namespace {

constexpr std::array animation_arguments{"output", "overwrite", "frame_start", "frame_end",
                                         "frame_step"};

/// For who may read only: nothing that writes files.
Spec stills_only(Spec spec) {
    spec.title = "Render an image";
    spec.description =
        "Renders a still and returns it as PNG (kept as a resource, too). notes tell what was "
        "assumed. Works in a second Blender on a snapshot: the scene stays free and untouched. "
        "For a quick look use get_viewport_screenshot.";
    auto& properties = spec.input["properties"];
    properties.erase("kind");
    for (const auto* name : animation_arguments)
        properties.erase(name);
    spec.output["properties"].erase("animation");
    spec.annotations = {
        .read_only = true, .destructive = false, .idempotent = true, .open_world = false};
    return spec;
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

/// Arguments of the other kind are mistakes.
core::Result<void> check_kind(const core::Json& arguments, bool animation) {
    const auto refuse = [](std::string message, std::string remedy) {
        return core::Error{core::ErrorCode::invalid, std::move(message), std::move(remedy),
                           core::Outcome::not_applied};
    };
    if (animation && arguments.contains("frame"))
        return refuse("frame: is of a still; an animation has frame_start and frame_end",
                      "Leave it out, or leave kind out.");
    if (animation && !arguments.contains("output"))
        return refuse("output: an animation needs it, for its files",
                      "Give a video (.mp4, .mkv, .webm), or PNG frames (.png, or a folder with / "
                      "at its end), such as \"output\": \"//turntable.mp4\" beside the saved "
                      ".blend file.");
    for (const auto* name : animation_arguments)
        if (!animation && arguments.contains(name))
            return refuse(std::string(name) + ": is of an animation, and this is a still",
                          "Add \"kind\": \"animation\", or leave it out.");
    return {};
}

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> render_on_copy(
    Toolbox toolbox, mcp::CallContext context, core::Json arguments,
    std::optional<std::chrono::milliseconds> timeout) {
    auto wanted = co_await operation("render", arguments, context);
    wanted.timeout = timeout.value_or(toolbox.options.render_timeout);
    auto reply = co_await toolbox.blender->call_on_copy(std::move(wanted), context.cancel,
                                                        forward_progress(context));
    if (!reply) co_return reply.error();
    auto result = to_result(std::move(*reply));
    if (!result) co_return result.error();
    keep_image(toolbox, *result);
    co_return std::move(*result);
}

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> animate(
    Toolbox toolbox, mcp::CallContext context, core::Json arguments,
    std::optional<std::chrono::milliseconds> timeout) {
    const auto project = co_await toolbox.blender->project_directory();
    const auto output = resolve_render_output(arguments["output"].get_ref<const std::string&>(),
                                              project, toolbox.guards.roots);
    if (!output) co_return output.error();
    const auto folder = WorkingFolder::create_beside(output->path, "render", "output");
    if (!folder) co_return folder.error();
    arguments["output"] = output->path;
    arguments["working_folder"] = folder->path().string();
    auto done = co_await render_on_copy(toolbox, context, std::move(arguments), timeout);
    if (done) co_return done;
    auto error = done.error();
    const auto rest = describe_rest(*folder, *output);
    error.message += ". " + rest;
    // Who cancels gets no answer, unless it is a task; the files tell it as well.
    if (context.cancel.cancelled()) spdlog::info("an animation was cancelled: {}", rest);
    co_return error;
}

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> run(Toolbox toolbox, mcp::CallContext context,
                                                          core::Json arguments) {
    const bool animation = arguments.value("kind", "still") == "animation";
    if (const auto fits = check_kind(arguments, animation); !fits) co_return fits.error();
    const auto timeout = take_seconds(arguments, "timeout_s");
    if (animation)
        co_return co_await animate(std::move(toolbox), std::move(context), std::move(arguments),
                                   timeout);
    co_return co_await render_on_copy(std::move(toolbox), std::move(context), std::move(arguments),
                                      timeout);
}

}  // namespace

mcp::Tool render(const Toolbox& toolbox) {
    return bind(toolbox.options.selection.read_only ? stills_only(render_spec()) : render_spec(),
                toolbox, [](Toolbox own, mcp::CallContext context, core::Json arguments) {
                    return run(std::move(own), std::move(context), std::move(arguments));
                });
}

}  // namespace blender_mcpd::tools
