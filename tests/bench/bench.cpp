// Measures the daemon beside its floors, all in one run: run it on a quiet machine and compare the
// ratios, not the times.
//
//   blender-mcpd-bench [--blender PROGRAM] [--calls N]
//
// It is also the floor of stdio servers itself, when called with --line-server.
#include "line_server.hpp"
#include "link_peer.hpp"
#include "mcp_peer.hpp"
#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <unistd.h>

namespace blender_mcpd::bench {
namespace {

constexpr std::string_view initialize =
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}})"
    "\n";

// Answered by the daemon alone: validation fails before any Blender is asked.
constexpr std::string_view daemon_call =
    R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_object_info","arguments":{"names":[]}}})"
    "\n";

constexpr std::string_view blender_call =
    R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_object_info","arguments":{"names":["Light"]}}})"
    "\n";

double microseconds(std::chrono::steady_clock::duration time) {
    return std::chrono::duration<double, std::micro>(time).count();
}

Samples measure(int count, const std::function<void()>& work) {
    Samples samples;
    for (int i = 0; i < count; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        samples.add(microseconds(std::chrono::steady_clock::now() - begin));
    }
    return samples;
}

void require(bool condition, std::string_view what) {
    if (!condition) throw std::runtime_error(std::string(what));
}

double resident_megabytes(pid_t process) {
    std::ifstream status(fmt::format("/proc/{}/status", process));
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
    return 0;
}

struct Options {
    std::string blender = "/usr/bin/blender";
    std::string self;
    int calls = 3'000;
};

std::vector<std::string> daemon_arguments(const Options& options) {
    return {BLENDER_MCPD_PROGRAM, "--log-level",  "error", "--launch", "always",
            "--blender",          options.blender};
}

Samples measure_start(const std::vector<std::string>& arguments) {
    constexpr int starts = 40;
    return measure(starts, [&] {
        McpPeer peer(arguments);
        require(peer.ask(initialize).find("result") != std::string_view::npos, "initialize failed");
    });
}

void run(const Options& options) {
    const std::vector<std::string> line_server{options.self, "--line-server"};
    print_header();

    const auto floor_start = measure_start(line_server);
    const auto daemon_start = measure_start(daemon_arguments(options));
    print_row("start, initialize, end: line server", floor_start);
    print_row("start, initialize, end: blender-mcpd", daemon_start, &floor_start, "line server");

    McpPeer floor(line_server);
    McpPeer daemon(daemon_arguments(options));
    daemon.ask(initialize);
    const auto warm_up = options.calls / 10;
    measure(warm_up, [&] { floor.ask(daemon_call); });
    const auto floor_calls = measure(options.calls, [&] { floor.ask(daemon_call); });
    measure(warm_up, [&] { daemon.ask(daemon_call); });
    const auto daemon_calls = measure(options.calls, [&] { daemon.ask(daemon_call); });
    print_row("tools/call over stdio: line server", floor_calls);
    print_row("tools/call over stdio, answered by the daemon alone", daemon_calls, &floor_calls,
              "line server");
    const auto idle_megabytes = resident_megabytes(daemon.pid());

    LinkPeer direct(options.blender, BLENDER_MCPD_RUNTIME);
    int id = 0;
    const auto ask_directly = [&] {
        ++id;
        const auto reply = direct.ask(fmt::format(
            R"({{"id":{},"uuid":"b{}","op":"get_object_info","args":{{"names":["Light"]}},"deadline_ms":10000}})",
            id, id));
        require(reply.find("\"ok\":true") != std::string::npos, reply);
    };
    const auto ask_daemon = [&] {
        const auto reply = daemon.ask(blender_call);
        require(reply.find("structuredContent") != std::string_view::npos, reply);
    };
    measure(warm_up, ask_directly);
    const auto direct_calls = measure(options.calls, ask_directly);
    measure(warm_up, ask_daemon);
    const auto through_calls = measure(options.calls, ask_daemon);
    print_row("get_object_info of one light, straight to the runtime's socket", direct_calls);
    print_row("get_object_info of one light, through the daemon", through_calls, &direct_calls,
              "straight");

    fmt::print("\nresident memory of the daemon: {:.1f} MB idle, {:.1f} MB after {} calls\n",
               idle_megabytes, resident_megabytes(daemon.pid()), 2 * options.calls + 2 * warm_up);
}

Options parse(int argc, char** argv) {
    Options options;
    options.self = "/proc/self/exe";
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--line-server") run_line_server();
        require(i + 1 < argc, "usage: blender-mcpd-bench [--blender PROGRAM] [--calls N]");
        if (argument == "--blender")
            options.blender = argv[++i];
        else if (argument == "--calls")
            options.calls = std::max(100, std::atoi(argv[++i]));
        else
            require(false, "usage: blender-mcpd-bench [--blender PROGRAM] [--calls N]");
    }
    return options;
}

}  // namespace
}  // namespace blender_mcpd::bench

int main(int argc, char** argv) {
    try {
        blender_mcpd::bench::run(blender_mcpd::bench::parse(argc, argv));
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "blender-mcpd-bench: {}\n", error.what());
        return 1;
    }
}
