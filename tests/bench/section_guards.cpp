// What the guards of a call cost: the same calls to two daemons, in turns.
#include "bench.hpp"

#include <fmt/format.h>

namespace blender_mcpd::bench {

void measure_guards(const Options& options, Report& report) {
    const std::string many = "1000000";
    auto without = open_session(
        daemon(options, {"BLENDER_MCPD_LIMITS_ENABLED=false", "BLENDER_MCPD_CACHE_ENABLED=false",
                         "BLENDER_MCPD_SCRIPT_POLICY=off"}));
    auto with =
        open_session(daemon(options, {"BLENDER_MCPD_LIMITS_PER_MINUTE=" + many,
                                      "BLENDER_MCPD_LIMITS_SCRIPTS_PER_MINUTE=" + many,
                                      "BLENDER_MCPD_SCRIPT_POLICY=block",
                                      // So few that no read of the loop below is still there.
                                      "BLENDER_MCPD_CACHE_MAX_ENTRIES=16"}));
    struct Kind {
        std::string_view name;
        std::string_view tool;
        std::string_view
            arguments;  // # is another number at every call, so that no cache can answer
    };
    constexpr Kind kinds[]{
        {"read", "get_scene_info", R"({"detail":"objects","limit":#})"},
        {"edit", "update_objects", R"({"items":[{"name":"Light","location":[0,0,#]}]})"},
        {"script", "execute_blender_code", R"({"code":"import bpy\nx = #\n"})"},
    };
    int number = 0;
    const auto call = [&](McpPeer& peer, const Kind& kind) {
        auto arguments = std::string(kind.arguments);
        arguments.replace(arguments.find('#'), 1, std::to_string(++number % 500 + 1));
        ask(peer, call_line(kind.tool, arguments));
    };
    for (const auto& kind : kinds) {
        constexpr int block = 25;
        Samples off;
        Samples on;
        for (int done = -2 * block; done < options.calls; done += block) {
            const auto bare = measure(block, [&] { call(without, kind); });
            const auto guarded = measure(block, [&] { call(with, kind); });
            if (done < 0) continue;  // to warm up
            off.add(bare);
            on.add(guarded);
        }
        report.samples(fmt::format("{}: guards off", kind.name), off);
        report.slower(fmt::format("{}: limits, cache and script policy on", kind.name), on, off,
                      "off", 1.05);
    }
}

}  // namespace blender_mcpd::bench
