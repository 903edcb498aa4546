#include "bench.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace blender_mcpd::bench {

std::string call_line(std::string_view tool, std::string_view arguments) {
    return fmt::format(
        R"({{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{}","arguments":{}}}}})"
        "\n",
        tool, arguments);
}

std::string read_light() {
    return call_line("get_object_info", R"({"names":["Light"]})");
}

std::vector<std::string> line_server() {
    return {BLENDER_MCPD_FLOOR, "lines"};
}

std::vector<std::string> daemon(const Options& options, std::vector<std::string> environment) {
    environment.insert(environment.begin(), "/usr/bin/env");
    for (const auto& argument : {options.program, std::string("--log-level"), std::string("error"),
                                 std::string("--launch"), std::string("always"),
                                 std::string("--blender"), options.blender})
        environment.push_back(argument);
    return environment;
}

std::string fake_blender() {
    return BLENDER_MCPD_FAKE_BLENDER;
}

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

McpPeer open_session(std::vector<std::string> command) {
    McpPeer peer(std::move(command));
    ask(peer, initialize);
    peer.send(initialized);
    return peer;
}

void ask(McpPeer& peer, std::string_view line) {
    const auto reply = peer.ask(line);
    const bool is_result = reply.find(R"("result":)") != std::string_view::npos &&
                           reply.find(R"("isError":true)") == std::string_view::npos;
    require(is_result, reply.substr(0, 2000));
}

void require(bool condition, std::string_view what) {
    if (!condition) throw std::runtime_error(std::string(what));
}

double megabytes(pid_t process, std::string_view line) {
    std::ifstream status(fmt::format("/proc/{}/status", process));
    for (std::string text; std::getline(status, text);)
        if (text.starts_with(line))
            return std::strtod(text.c_str() + line.size() + 1, nullptr) / 1024;
    return 0;
}

}  // namespace blender_mcpd::bench
