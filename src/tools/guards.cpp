#include <blender_mcpd/guard/query.hpp>
#include <blender_mcpd/tools/guards.hpp>

namespace blender_mcpd::tools {

Guards::Guards(core::Timers& timers, const core::Clock& steady, core::Metrics& all_metrics,
               const GuardOptions& options)
    : metrics(all_metrics),
      clock(steady),
      since(clock.now()),
      limiter(clock, metrics, options.limits),
      cache(clock, metrics, options.cache),
      flights(timers.executor()),
      scripts(std::make_shared<guard::ScriptPolicy>(options.scripts)),
      plain_ttl(options.plain_ttl),
      roots(options.roots) {
    for (const auto& metric : {validation_failures, scripts_flagged, guard::nan_infinity_blocked,
                               guard::query_sanitized})
        metrics.declare(metric);
}

void Guards::reconfigure(const GuardOptions& options) {
    limiter.reconfigure(options.limits);
    scripts = std::make_shared<guard::ScriptPolicy>(options.scripts);
}

}  // namespace blender_mcpd::tools
