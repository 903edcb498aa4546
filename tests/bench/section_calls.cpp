// Calls that the daemon answers by itself: one after the other, and 32 in flight.
#include "bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace blender_mcpd::bench {

namespace {

constexpr int in_flight = 32;

std::string numbered(std::string_view line, int id) {
    constexpr std::string_view id_one = R"("id":1,)";
    auto text = std::string(line);
    text.replace(text.find(id_one), id_one.size(), fmt::format(R"("id":{},)", id));
    return text;
}

/// Calls a second, with so many under way at any time. No two of those have the same id.
double throughput(McpPeer& peer, const std::string& line, int count) {
    std::vector<std::string> lines;
    for (int id = 1; id <= 4 * in_flight; ++id)
        lines.push_back(numbered(line, id));
    const auto begin = std::chrono::steady_clock::now();
    int sent = 0;
    int done = 0;
    std::string together;
    while (done < count) {
        together.clear();
        for (; sent < count && sent - done < in_flight; ++sent)
            together += lines[static_cast<std::size_t>(sent) % lines.size()];
        peer.send(together);
        do {
            require(peer.receive().find(R"("result":)") != std::string_view::npos, "no result");
            ++done;
        } while (peer.has_more());
    }
    return count / (microseconds(std::chrono::steady_clock::now() - begin) / 1e6);
}

/// Calls are made to all of them in turns, so that whatever happens on the machine happens to all.
struct Contender {
    std::string name;
    McpPeer peer;
    std::string line;
    int share;  // of the calls: slow ones make fewer
    Samples samples{};
    double per_second = 0;
};

}  // namespace

void measure_calls(const Options& options, Report& report) {
    std::vector<std::unique_ptr<Contender>> all;
    const auto add = [&](std::string name, std::vector<std::string> command, std::string line,
                         int share) {
        all.push_back(std::make_unique<Contender>(
            Contender{std::move(name), open_session(std::move(command)), std::move(line), share}));
    };
    add("line server", line_server(), read_light(), 1);
    add("blender-mcpd, from its cache", daemon(options, {"BLENDER_MCPD_LIMITS_PER_MINUTE=1000000"}),
        read_light(), 1);
    for (const auto& [name, peer] : options.peers)
        if (name != "ts-echo-http" && name != "blender-mcp")
            add(name, peer.command, call_line(peer.tool, peer.arguments), 4);

    constexpr int rounds = 10;
    for (const auto& one : all)
        for (int i = 0; i < 200; ++i)
            ask(one->peer, one->line);
    for (int round = 0; round < rounds; ++round)
        for (const auto& one : all)
            one->samples.add(
                measure(options.calls / rounds / one->share, [&] { ask(one->peer, one->line); }));
    for (int round = 0; round < rounds; ++round)
        for (const auto& one : all)
            one->per_second +=
                throughput(one->peer, one->line, 5 * options.calls / rounds / one->share) / rounds;

    const auto& floor = *all[0];
    const auto& own = *all[1];
    report.samples("a call over stdio: line server", floor.samples);
    report.slower("a call over stdio: " + own.name, own.samples, floor.samples, "line server", 2);
    report.value("32 in flight: line server", floor.per_second, "calls/s");
    report.value("32 in flight: " + own.name, own.per_second, "calls/s");
    for (std::size_t i = 2; i < all.size(); ++i) {
        const auto& other = *all[i];
        report.add({.name = "a call over stdio: " + other.name,
                    .samples = other.samples,
                    .ratio = other.samples.median() / own.samples.median(),
                    .ratio_to = "blender-mcpd",
                    .goal = at_least(8)});
        report.add({.name = "32 in flight: " + other.name,
                    .value = other.per_second,
                    .unit = "calls/s",
                    .ratio = own.per_second / other.per_second,
                    .ratio_to = "it, by blender-mcpd",
                    .goal = at_least(10)});
    }
}

}  // namespace blender_mcpd::bench
