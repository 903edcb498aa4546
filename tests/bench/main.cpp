// Measures the daemon beside its floors and beside other servers, all in one run: run it on a quiet
// machine and compare the ratios, not the times.
#include "bench.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>

namespace blender_mcpd::bench {
namespace {

constexpr std::array sections{
    std::pair{std::string_view("start"), &measure_start},
    std::pair{std::string_view("calls"), &measure_calls},
    std::pair{std::string_view("blender"), &measure_blender},
    std::pair{std::string_view("large"), &measure_large},
    std::pair{std::string_view("memory"), &measure_memory},
    std::pair{std::string_view("http"), &measure_http},
    std::pair{std::string_view("guards"), &measure_guards},
    std::pair{std::string_view("assets"), &measure_assets},
};

constexpr auto usage =
    "usage: blender-mcpd-bench [--daemon PROGRAM] [--blender PROGRAM] [--calls N] [--peers FILE] "
    "[--json] [SECTION...]\n"
    "sections: start calls blender large memory http guards assets (default: all)";

std::map<std::string, Peer> read_peers(const std::string& path) {
    std::ifstream file(path);
    require(file.is_open(), "cannot read " + path);
    std::map<std::string, Peer> peers;
    const auto listed = nlohmann::json::parse(file);
    for (const auto& [name, about] : listed.items())
        peers[name] = {about.at("command").get<std::vector<std::string>>(),
                       about.value("tool", "echo"),
                       about.value("arguments", nlohmann::json()).dump()};
    return peers;
}

void run(int argc, char** argv) {
    Options options;
    bool json = false;
    std::vector<std::string_view> wanted;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        const auto value = [&] {
            require(i + 1 < argc, usage);
            return argv[++i];
        };
        if (argument == "--daemon")
            options.program = value();
        else if (argument == "--blender")
            options.blender = value();
        else if (argument == "--calls")
            options.calls = std::max(100, std::atoi(value()));
        else if (argument == "--peers")
            options.peers = read_peers(value());
        else if (argument == "--json")
            json = true;
        else {
            require(!argument.starts_with('-'), usage);
            wanted.push_back(argument);
        }
    }
    for (const auto name : wanted)
        require(std::any_of(sections.begin(), sections.end(),
                            [&](const auto& known) { return known.first == name; }),
                usage);
    Report report(json);
    for (const auto& [name, section] : sections)
        if (wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end())
            section(options, report);
}

}  // namespace
}  // namespace blender_mcpd::bench

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    try {
        blender_mcpd::bench::run(argc, argv);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "blender-mcpd-bench: {}\n", error.what());
        return 1;
    }
}
