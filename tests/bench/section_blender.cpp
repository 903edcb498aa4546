// The smallest command that goes to a Blender without a window.
#include "bench.hpp"
#include "link_peer.hpp"

#include <fmt/format.h>

namespace blender_mcpd::bench {

void measure_blender(const Options& options, Report& report) {
    auto floor = open_session(line_server());
    // Every read is to reach Blender.
    auto through = open_session(daemon(
        options, {"BLENDER_MCPD_LIMITS_PER_MINUTE=1000000", "BLENDER_MCPD_CACHE_ENABLED=false"}));
    LinkPeer direct(options.blender, BLENDER_MCPD_RUNTIME);
    const auto line = read_light();
    int id = 0;
    const auto ask_directly = [&] {
        ++id;
        const auto reply = direct.ask(fmt::format(
            R"({{"id":{},"uuid":"b{}","op":"get_object_info","args":{{"names":["Light"]}},"deadline_ms":10000}})",
            id, id));
        require(reply.find("\"ok\":true") != std::string::npos, reply);
    };
    Samples stdio;
    Samples socket;
    Samples own;
    constexpr int rounds = 10;
    for (int round = 0; round <= rounds; ++round) {
        const auto calls = options.calls / rounds;
        const auto by_stdio = measure(calls, [&] { ask(floor, line); });
        const auto by_socket = measure(calls, ask_directly);
        const auto by_daemon = measure(calls, [&] { ask(through, line); });
        if (round == 0) continue;  // to warm up
        stdio.add(by_stdio);
        socket.add(by_socket);
        own.add(by_daemon);
    }
    report.samples("get_object_info of one light: straight to the runtime's socket", socket);
    report.samples("the line server beside it", stdio);
    report.add({.name = "get_object_info of one light: through blender-mcpd",
                .samples = own,
                .ratio = own.median() / (stdio.median() + socket.median()),
                .ratio_to = "both together",
                .goal = at_most(1.25)});
}

}  // namespace blender_mcpd::bench
