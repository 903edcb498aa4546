// Fifty clients of Streamable HTTP at once, each with a session and a call under way.
#include "bench.hpp"
#include "http_peer.hpp"

#include <memory>

#include <poll.h>

namespace blender_mcpd::bench {

namespace {

constexpr int clients = 50;

/// Calls a second.
double throughput(std::vector<std::unique_ptr<HttpPeer>>& peers, const std::string& line,
                  int count) {
    std::vector<pollfd> waiting;
    for (const auto& peer : peers)
        waiting.push_back({peer->fd(), POLLIN, 0});
    const auto begin = std::chrono::steady_clock::now();
    int sent = 0;
    for (const auto& peer : peers) {
        peer->begin(line);
        ++sent;
    }
    for (int done = 0; done < count;) {
        require(poll(waiting.data(), waiting.size(), 10'000) > 0, "the server does not answer");
        for (std::size_t i = 0; i < waiting.size() && done < count; ++i) {
            if (waiting[i].revents == 0) continue;
            peers[i]->finish();
            ++done;
            if (sent < count) {
                peers[i]->begin(line);
                ++sent;
            }
        }
    }
    return count / (microseconds(std::chrono::steady_clock::now() - begin) / 1e6);
}

double measure_server(const HttpServer& server, const std::string& line, int count) {
    std::vector<std::unique_ptr<HttpPeer>> peers;
    for (int i = 0; i < clients; ++i) {
        peers.push_back(std::make_unique<HttpPeer>(server.port()));
        peers.back()->open_session();
    }
    peers.front()->ask(line);
    throughput(peers, line, 4 * clients);  // to warm up
    return throughput(peers, line, count);
}

}  // namespace

void measure_http(const Options& options, Report& report) {
    const HttpServer own(daemon(options, {"BLENDER_MCPD_LIMITS_PER_MINUTE=1000000"}));
    const auto per_second = measure_server(own, read_light(), 5 * options.calls);
    report.value("HTTP, 50 clients: blender-mcpd, from its cache", per_second, "calls/s");
    const auto found = options.peers.find("ts-echo-http");
    if (found == options.peers.end()) return;
    const auto& peer = found->second;
    const HttpServer other(HttpServer::Foreign{peer.command});
    const auto others = measure_server(other, call_line(peer.tool, peer.arguments), options.calls);
    report.add({.name = "HTTP, 50 clients: ts-echo-http",
                .value = others,
                .unit = "calls/s",
                .ratio = per_second / others,
                .ratio_to = "it, by blender-mcpd",
                .goal = at_least(10)});
}

}  // namespace blender_mcpd::bench
