#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"
#include "seconds.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace blender_mcpd::tools {
namespace {

using namespace schema;

Json sheet() {
    Json out = integer(4, 6, "Labelled views in one picture.");
    out["enum"] = {4, 6};
    return out;
}

}  // namespace

Spec get_viewport_screenshot_spec() {
    return {
        "get_viewport_screenshot",
        "Look at the scene",
        "A picture of the 3D view as PNG, or of the scene from other sides, framed on all that is "
        "visible or on frame_objects. Changes nothing, not even the user's view. Without a window "
        "it is a quick render; fallback tells why. For a finished picture use render.",
        object({
            {"max_size", with_default(integer(64, 2'048, "Longer side, pixels."), 800)},
            {"view", any_of({one_of({"current", "camera", "front", "back", "left", "right", "top",
                                     "bottom", "iso"}),
                             outlined(object(
                                 {{"azimuth", number(-360, 360)}, {"elevation", number(-90, 90)}},
                                 "{azimuth: 90 is right, elevation: 90 is top}"))},
                            "Default: current.")},
            {"shading", one_of({"solid", "material", "wireframe", "rendered"},
                               "Default: as in the 3D view, else solid.")},
            {"frame_objects", fragments::names(1, 100, "With their children.")},
            {"contact_sheet", sheet()},
            {"timeout_s", fragments::timeout(3'600, "Seconds.")},
        }),
        result({
            {"image", type("object", "{mime_type, width, height, bytes}"), required},
            {"views", fragments::text_list(), required},
            {"shading", type("string")},
            {"engine", type("string", "viewport, or what rendered it.")},
            {"fallback", nullable("string", "Why it was rendered instead of drawn.")},
            {"seconds", type("number")},
            {"notes", fragments::text_list()},
            {"generation", fragments::generation()},
        }),
        {.read_only = true, .destructive = false, .idempotent = true, .open_world = false},
    };
}

namespace {

/// Arguments that exclude each other.
core::Result<void> check(const core::Json& arguments) {
    const auto refuse = [](std::string message, std::string remedy) {
        return core::Error{core::ErrorCode::invalid, std::move(message), std::move(remedy),
                           core::Outcome::not_applied};
    };
    if (arguments.contains("contact_sheet") && arguments.contains("view"))
        return refuse("view: a contact sheet has views of its own",
                      "Leave view or contact_sheet out.");
    if (arguments.contains("frame_objects") && arguments.value("view", core::Json()) == "camera")
        return refuse("frame_objects: the camera shows what it shows",
                      "Leave it out, or take another view.");
    return {};
}

/// What Blender wants to have rendered on a copy, as it cannot draw it itself.
std::optional<std::string> plan_in(std::string_view result) {
    const auto members = core::RawObject::scan(result);
    const auto plan = members ? members->find("plan") : std::nullopt;
    return plan ? std::optional<std::string>(*plan) : std::nullopt;
}

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> run(Toolbox toolbox, mcp::CallContext context,
                                                          core::Json arguments) {
    if (const auto fits = check(arguments); !fits) co_return fits.error();
    const auto timeout =
        take_seconds(arguments, "timeout_s").value_or(std::chrono::milliseconds{0});
    auto wanted = co_await operation("get_viewport_screenshot", std::move(arguments), context);
    wanted.timeout = timeout;
    auto reply = co_await toolbox.blender->call(std::move(wanted), context.cancel,
                                                forward_progress(context));
    if (!reply) co_return reply.error();
    if (auto plan = plan_in(reply->result())) {
        blender::Operation rendered;
        rendered.name = "render_viewport";
        rendered.args = std::move(*plan);
        rendered.client = context.client;
        rendered.quick = true;
        rendered.timeout = timeout;
        reply = co_await toolbox.blender->call_on_copy(std::move(rendered), context.cancel,
                                                       forward_progress(context));
        if (!reply) co_return reply.error();
    }
    co_return to_result(std::move(*reply));
}

}  // namespace

mcp::Tool get_viewport_screenshot(const Toolbox& toolbox) {
    return bind(get_viewport_screenshot_spec(), toolbox,
                [](Toolbox own, mcp::CallContext context, core::Json arguments) {
                    return run(std::move(own), std::move(context), std::move(arguments));
                });
}

}  // namespace blender_mcpd::tools
