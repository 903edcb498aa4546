// What the sections of the benchmark share.
#pragma once

#include "mcp_peer.hpp"
#include "report.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::bench {

/// Another server that is measured beside ours.
struct Peer {
    std::vector<std::string> command;
    std::string tool;
    std::string arguments;  // JSON
};

struct Options {
    std::string program = BLENDER_MCPD_PROGRAM;  // the daemon
    std::string blender = "/usr/bin/blender";
    int calls = 3'000;
    std::map<std::string, Peer> peers{};  // by name, as peers.py writes them
};

using Section = void (*)(const Options& options, Report& report);

void measure_start(const Options& options, Report& report);
void measure_calls(const Options& options, Report& report);
void measure_blender(const Options& options, Report& report);
void measure_large(const Options& options, Report& report);
void measure_memory(const Options& options, Report& report);
void measure_http(const Options& options, Report& report);
void measure_guards(const Options& options, Report& report);
void measure_assets(const Options& options, Report& report);

inline constexpr std::string_view initialize =
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}})"
    "\n";
inline constexpr std::string_view initialized =
    R"({"jsonrpc":"2.0","method":"notifications/initialized"})"
    "\n";

/// `arguments` is JSON.
[[nodiscard]] std::string call_line(std::string_view tool, std::string_view arguments);
/// A read of the startup scene.
[[nodiscard]] std::string read_light();

/// The floor of stdio servers.
[[nodiscard]] std::vector<std::string> line_server();
/// A daemon that starts a Blender of its own. `environment` are settings, NAME=value.
[[nodiscard]] std::vector<std::string> daemon(const Options& options,
                                              std::vector<std::string> environment = {});
/// A Blender that answers at once, with as many bytes as it is asked for (fake_blender.cpp).
[[nodiscard]] std::string fake_blender();

/// Runs it that often.
[[nodiscard]] Samples measure(int count, const std::function<void()>& work);
[[nodiscard]] double microseconds(std::chrono::steady_clock::duration time);

/// A session with a server, ready for calls.
[[nodiscard]] McpPeer open_session(std::vector<std::string> command);
/// Throws unless the reply is a result.
void ask(McpPeer& peer, std::string_view line);

void require(bool condition, std::string_view what);

/// A line of /proc/PID/status (VmRSS, VmHWM), in MiB.
[[nodiscard]] double megabytes(pid_t process, std::string_view line);

}  // namespace blender_mcpd::bench
