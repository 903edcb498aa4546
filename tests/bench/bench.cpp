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

/// With these settings on top.
std::vector<std::string> daemon_arguments(const Options& options,
                                          std::vector<std::string> environment) {
    environment.insert(environment.begin(), "/usr/bin/env");
    for (auto& argument : daemon_arguments(options))
        environment.push_back(std::move(argument));
    return environment;
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
    // Reads are to reach Blender, as often as we like.
    McpPeer daemon(daemon_arguments(
        options, {"BLENDER_MCPD_LIMITS_ENABLED=false", "BLENDER_MCPD_CACHE_ENABLED=false"}));
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

/// What the guards of a call cost: the same calls to two daemons, in turns, so that whatever else
/// happens on the machine happens to both.
void measure_guards(const Options& options) {
    const std::string many = "1000000";
    McpPeer without(daemon_arguments(
        options, {"BLENDER_MCPD_LIMITS_ENABLED=false", "BLENDER_MCPD_CACHE_ENABLED=false",
                  "BLENDER_MCPD_SCRIPT_POLICY=off"}));
    McpPeer with(daemon_arguments(options, {"BLENDER_MCPD_LIMITS_PER_MINUTE=" + many,
                                            "BLENDER_MCPD_LIMITS_SCRIPTS_PER_MINUTE=" + many,
                                            "BLENDER_MCPD_SCRIPT_POLICY=block",
                                            // So few that no read of the loop below is still there.
                                            "BLENDER_MCPD_CACHE_MAX_ENTRIES=16"}));
    without.ask(initialize);
    with.ask(initialize);

    struct Kind {
        std::string_view name;
        std::string_view call;  // {} is another number at every call, so that no cache can answer
    };
    constexpr Kind kinds[]{
        {"read", R"("get_scene_info","arguments":{"detail":"objects","limit":{}})"},
        {"edit",
         R"("update_objects","arguments":{"items":[{"name":"Light","location":[0,0,{}]}]})"},
        {"script", R"("execute_blender_code","arguments":{"code":"import bpy\nx = {}\n"})"},
    };
    int number = 0;
    const auto ask = [&](McpPeer& peer, const Kind& kind) {
        auto call = std::string(kind.call);
        call.replace(call.find("{}"), 2, std::to_string(++number % 500 + 1));
        const auto line =
            fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":{}}}}})"
                        "\n",
                        call);
        const auto reply = peer.ask(line);
        require(reply.find("structuredContent") != std::string_view::npos, reply);
    };
    for (const auto& kind : kinds) {
        constexpr int block = 25;
        Samples off;
        Samples on;
        measure(block, [&] { ask(without, kind); });
        measure(block, [&] { ask(with, kind); });
        for (int done = 0; done < options.calls; done += block) {
            off.add(measure(block, [&] { ask(without, kind); }));
            on.add(measure(block, [&] { ask(with, kind); }));
        }
        print_row(fmt::format("{}: guards off", kind.name), off);
        print_row(fmt::format("{}: limits, cache and script policy on", kind.name), on, &off,
                  "off");
    }
    Samples again;
    again.add(measure(options.calls, [&] { with.ask(blender_call); }));
    print_row("get_object_info again, from the cache", again);
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
        const auto options = blender_mcpd::bench::parse(argc, argv);
        blender_mcpd::bench::run(options);
        blender_mcpd::bench::measure_guards(options);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "blender-mcpd-bench: {}\n", error.what());
        return 1;
    }
}
