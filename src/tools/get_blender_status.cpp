#include "binder.hpp"
#include "catalogue.hpp"
#include "schema.hpp"
#include "status.hpp"

#include <chrono>
#include <utility>

namespace blender_mcpd::tools {

using namespace schema;

Spec get_blender_status_spec() {
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
            {"instances",
             list_of(type("object", "{name, kind, current}; when there are several."))},
            {"daemon", type("object")},
            {"blender", type("object")},
            {"endpoint", type("object")},
            {"pool", type("object")},
            {"health", type("object")},
            {"recovery", type("object")},
            {"limits", type("object")},
            {"cache", type("object")},
            {"metrics", type("object")},
        }),
        {.read_only = true, .destructive = false, .idempotent = true, .open_world = false},
    };
}

namespace {

core::Json to_json(const guard::RateLimiter::Stats& limits) {
    return {{"calls_in_progress", limits.in_progress}, {"clients", limits.clients}};
}

core::Json to_json(const guard::ResultCache::Stats& cache) {
    return {{"entries", cache.entries},
            {"bytes", cache.bytes},
            {"hits", cache.hits},
            {"misses", cache.misses},
            {"evictions", cache.evictions}};
}

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> ask(Toolbox toolbox, std::string client) {
    mcp::ToolResult answer;
    answer.structured = co_await status_text(std::move(toolbox), std::move(client));
    co_return answer;
}

}  // namespace

boost::asio::awaitable<std::string> status_text(Toolbox toolbox, std::string client) {
    auto status = co_await toolbox.blender->status();
    if (auto all = toolbox.blenders.overview(client); all.size() > 1)
        status["instances"] = std::move(all);
    const auto& guards = toolbox.guards;
    const std::chrono::duration<double> uptime = guards.clock.now() - guards.since;
    status["daemon"] = {{"version", toolbox.options.version}, {"uptime_s", uptime.count()}};
    status["limits"] = to_json(guards.limiter.stats());
    status["cache"] = to_json(guards.cache.stats());
    status["metrics"] = guards.metrics.all();
    co_return core::dump(status);
}

mcp::Tool get_blender_status(const Toolbox& toolbox) {
    return bind(get_blender_status_spec(), toolbox,
                [](Toolbox own, const mcp::CallContext& context, const core::Json&) {
                    return ask(std::move(own), context.client);
                });
}

}  // namespace blender_mcpd::tools
