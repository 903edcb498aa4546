// From the start of a server to its reply to `initialize`.
#include "bench.hpp"

#include <fmt/format.h>

namespace blender_mcpd::bench {

namespace {

Samples starts(int count, const std::vector<std::string>& command) {
    Samples samples;
    for (int i = 0; i < count; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        McpPeer peer(command);
        ask(peer, initialize);
        samples.add(microseconds(std::chrono::steady_clock::now() - begin));
    }
    return samples;
}

}  // namespace

void measure_start(const Options& options, Report& report) {
    constexpr int ours = 60;
    constexpr int theirs = 7;  // they take their time
    const auto floor = starts(ours, line_server());
    auto arguments = daemon(options);
    arguments.erase(arguments.begin());  // env is a program as well
    const auto own = starts(ours, arguments);
    report.samples("start to initialize: line server", floor);
    report.slower("start to initialize: blender-mcpd", own, floor, "line server", 2);
    for (const auto& [name, peer] : options.peers) {
        if (name == "ts-echo-http") continue;
        const auto other = starts(theirs, peer.command);
        report.add({.name = "start to initialize: " + name,
                    .samples = other,
                    .ratio = other.median() / own.median(),
                    .ratio_to = "blender-mcpd",
                    .goal = at_least(50)});
    }
}

}  // namespace blender_mcpd::bench
