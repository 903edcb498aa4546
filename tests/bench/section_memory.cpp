// Resident memory: of a daemon that idles, and whether a million calls leave something behind.
#include "bench.hpp"

namespace blender_mcpd::bench {

void measure_memory(const Options& options, Report& report) {
    auto peer = open_session(daemon(options, {"BLENDER_MCPD_LIMITS_ENABLED=false"}));
    report.add({.name = "resident memory, idle",
                .value = megabytes(peer.pid(), "VmRSS:"),
                .unit = "MiB",
                .ratio = megabytes(peer.pid(), "VmRSS:") / 10,
                .ratio_to = "10 MiB",
                .goal = at_most(1)});
    const auto line = read_light();
    std::string together;
    constexpr int batch = 32;
    for (int i = 0; i < batch; ++i) {
        auto one = line;
        one.replace(one.find(R"("id":1,)"), 7, R"("id":)" + std::to_string(i) + ',');
        together += one;
    }
    const auto make_calls = [&](int count) {
        for (int done = 0; done < count; done += batch) {
            peer.send(together);
            for (int i = 0; i < batch; ++i)
                require(peer.receive().find("\"result\"") != std::string_view::npos, "no result");
        }
    };
    ask(peer, line);  // it starts Blender
    constexpr int warm_up = 50'000;
    constexpr int million = 1'000'000;
    make_calls(warm_up);
    const auto before = megabytes(peer.pid(), "VmRSS:");
    make_calls(million);
    const auto after = megabytes(peer.pid(), "VmRSS:");
    report.value("resident memory after 50,000 calls", before, "MiB");
    report.add({.name = "resident memory after a million more",
                .value = after,
                .unit = "MiB",
                .ratio = after / before,
                .ratio_to = "before",
                .goal = at_most(1.02)});
}

}  // namespace blender_mcpd::bench
