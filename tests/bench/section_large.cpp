// Large replies, from a Blender that answers at once: time, memory, and what others notice of them.
#include "bench.hpp"
#include "http_peer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

namespace blender_mcpd::bench {

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

std::string read_bytes(std::size_t bytes) {
    return call_line("get_object_info", fmt::format(R"({{"names":["bytes {}"]}})", bytes));
}

Options with_fake_blender(Options options) {
    options.blender = fake_blender();
    return options;
}

/// The Blender that is none is reached at a port.
std::vector<std::string> daemon_with_port(const Options& options,
                                          std::vector<std::string> environment) {
    environment.push_back("BLENDER_MCPD_LIMITS_ENABLED=false");
    environment.push_back("BLENDER_MCPD_BLENDER_SANDBOX=off");
    return daemon(options, std::move(environment));
}

std::vector<std::string> uncached(const Options& options) {
    return daemon_with_port(options, {"BLENDER_MCPD_CACHE_ENABLED=false"});
}

/// Bytes of the answer to a read of that many.
std::size_t answer_size(McpPeer& peer, std::size_t bytes) {
    return peer.ask(read_bytes(bytes)).size() + 1;
}

void measure_times(const Options& options, Report& report) {
    auto own = open_session(uncached(options));
    McpPeer source({fake_blender(), "--raw"});
    McpPeer relay({BLENDER_MCPD_FLOOR, "relay", std::string(source.receive_line())});
    Samples previous;
    for (const std::size_t megabytes : {1U, 10U, 50U}) {
        const auto bytes = megabytes * mebibyte;
        const auto answer = answer_size(own, bytes);
        const auto line = fmt::format("{}\n", answer);
        Samples floor;
        Samples through;
        constexpr int tries = 15;
        for (int i = 0; i < tries; ++i) {
            floor.add(
                measure(1, [&] { require(relay.ask_line(line).size() + 1 == answer, "relay"); }));
            through.add(measure(1, [&] { ask(own, read_bytes(bytes)); }));
        }
        report.samples(fmt::format("{} MiB from Blender, {:.1f} MiB to the client: recv and write",
                                   megabytes, static_cast<double>(answer) / mebibyte),
                       floor);
        report.slower(fmt::format("{} MiB from Blender: blender-mcpd", megabytes), through, floor,
                      "recv and write",
                      megabytes == 50 ? std::optional<double>(1.5) : std::nullopt);
        if (megabytes > 1) {
            const double growth = megabytes == 10 ? 10 : 5;
            report.ratio(fmt::format("growth of that time to {} MiB", megabytes),
                         through.median() / previous.median() / growth, "growth of the size",
                         at_most(1.15));
        }
        previous = through;
    }
}

void measure_peak(const Options& options, Report& report) {
    auto peer = open_session(uncached(options));
    answer_size(peer, 100);
    const auto idle = megabytes(peer.pid(), "VmRSS:");
    constexpr int payload = 50;
    answer_size(peer, payload * mebibyte);
    const auto peak = megabytes(peer.pid(), "VmHWM:");
    report.value("resident memory before a reply of 50 MiB", idle, "MiB");
    report.add({.name = "and the most while it passes",
                .value = peak,
                .unit = "MiB",
                .ratio = (peak - idle) / payload,
                .ratio_to = "its size, above idle",
                .goal = at_most(1.2)});
}

void measure_others(const Options& options, Report& report) {
    HttpServer server(daemon_with_port(options, {}));
    HttpPeer small(server.port());
    small.open_session();
    const auto quick = [&] {
        small.ask(call_line("get_object_info", R"({"names":["Light 10"]})"));
    };
    const auto calls = options.calls;
    for (int i = 0; i < calls / 10; ++i)
        quick();
    const auto idle = measure(calls, quick);

    HttpPeer large(server.port());
    large.open_session();
    std::atomic<bool> ended = false;
    std::atomic<int> passed = 0;
    std::thread other([&] {
        for (int number = 0; !ended; ++number, ++passed)
            // Another one each time, so that none comes from the cache.
            large.ask(read_bytes(50 * mebibyte + static_cast<std::size_t>(number)));
    });
    while (passed == 0)
        std::this_thread::yield();
    Samples busy;
    while (passed < 6)
        busy.add(measure(20, quick));
    ended = true;
    other.join();
    report.samples("a call of another client: alone", idle);
    report.samples("a call of another client: while replies of 50 MiB pass", busy);
    report.ratio("p99 of a call of another client, while replies of 50 MiB pass",
                 busy.percentile(0.99) / idle.percentile(0.99), "alone", at_most(2));
}

}  // namespace

void measure_large(const Options& options, Report& report) {
    const auto fake = with_fake_blender(options);
    measure_times(fake, report);
    measure_peak(fake, report);
    measure_others(fake, report);
}

}  // namespace blender_mcpd::bench
