#include "binder.hpp"
#include "catalogue.hpp"
#include "schema.hpp"

#include <utility>

namespace blender_mcpd::tools {
namespace {

using namespace schema;

Spec spec() {
    return {
        "get_blender_status",
        "Blender status",
        "Is Blender there, what is it doing, and what to do next if it is not ready: state, file, "
        "versions, running operation, queue. Answers at once even while Blender is busy "
        "and starts nothing. For the scene use get_scene_info.",
        object({}),
        result({
            {"state",
             one_of({"ready", "busy", "starting", "not_running", "foreign_service", "failed"}),
             required},
            {"message", type("string"), required},
            {"next_step", type("string"), required},
            {"daemon", type("object")},
            {"blender", type("object")},
            {"endpoint", type("object")},
            {"pool", type("object")},
            {"metrics", type("object")},
        }),
        {.read_only = true, .destructive = false, .idempotent = true, .open_world = false},
    };
}

boost::asio::awaitable<core::Result<mcp::ToolResult>> ask(blender::Blender& blender,
                                                          std::string version) {
    auto status = co_await blender.status();
    status["daemon"] = {{"version", std::move(version)}};
    mcp::ToolResult answer;
    answer.structured = core::dump(status);
    co_return answer;
}

}  // namespace

mcp::Tool get_blender_status(blender::Blender& blender, const ToolOptions& options) {
    return bind(spec(),
                [&blender, version = options.version](const mcp::CallContext&, const core::Json&) {
                    return ask(blender, version);
                });
}

}  // namespace blender_mcpd::tools
