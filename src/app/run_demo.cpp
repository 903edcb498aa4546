#include "clients.hpp"
#include "commands.hpp"
#include "demo_scene.hpp"
#include "image_file.hpp"
#include "own_program.hpp"
#include "stdio_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include <unistd.h>

namespace blender_mcpd::app {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

// A bar that redraws itself on a terminal; elsewhere a line every tenth.
class ProgressBar {
  public:
    void show(double value, double total, const std::string& message) {
        const double part = total > 0 ? std::clamp(value / total, 0.0, 1.0) : 0.0;
        const auto tenth = static_cast<int>(part * 10);
        if (!terminal_ && tenth == last_tenth_) return;
        last_tenth_ = tenth;
        constexpr int width = 32;
        const auto filled = static_cast<std::size_t>(part * width);
        fmt::print("{}  [{}{}] {:3.0f} %  {}{}", terminal_ ? "\r" : "", std::string(filled, '#'),
                   std::string(width - filled, '.'), part * 100, message,
                   terminal_ ? "\x1b[K" : "\n");
        std::fflush(stdout);
        drawn_ = true;
    }
    ~ProgressBar() {
        if (terminal_ && drawn_) fmt::print("\n");
    }

  private:
    bool terminal_ = isatty(STDOUT_FILENO) == 1;
    bool drawn_ = false;
    int last_tenth_ = -1;
};

std::string own_path() {
    const auto path = own_program();
    return path ? path->string() : "blender-mcpd";
}

void print_client_configuration(const std::string& program) {
    fmt::print("\nConnect your AI client:\n\n");
    for (const auto& client : clients())
        fmt::print("  {:<16}{} install --client {}\n", client.name, program, client.id);
    fmt::print("\nWith --print it only shows what it would write, and where.\n");
}

core::Result<core::Json> render(StdioClient& client) {
    fmt::print("Rendering\n");
    ProgressBar bar;
    return client.call_tool("render", demo_render(),
                            [&](double value, double total, const std::string& message) {
                                bar.show(value, total, message);
                            });
}

core::Result<std::string> save_picture(const core::Json& result, const std::string& path) {
    for (const auto& content : result.at("content"))
        if (content.value("type", "") == "image")
            return write_image(path, content.at("data").get<std::string>());
    return core::Error{core::ErrorCode::protocol, "the render returned no image"};
}

core::Result<std::string> run(const DemoCommand& command, const std::string& program) {
    std::vector<std::string> arguments{program};
    arguments.insert(arguments.end(), command.server_arguments.begin(),
                     command.server_arguments.end());
    // In a Blender of its own, not in one that somebody works with: the scene is cleared.
    if (std::ranges::find(arguments, "--launch") == arguments.end())
        arguments.insert(arguments.end(), {"--launch", "always"});
    for (const auto* argument : {"stdio", "--attach", "never"})
        arguments.emplace_back(argument);
    auto client = StdioClient::start(std::move(arguments));
    if (!client) return client.error();
    const auto begin = Clock::now();
    const auto server = (*client)->initialize();
    if (!server) return server.error();
    fmt::print("Connected to {} over stdio in {:.0f} ms\n",
               server->at("serverInfo").value("name", "?"), seconds_since(begin) * 1000);
    for (const auto& step : demo_scene()) {
        const auto step_begin = Clock::now();
        fmt::print("{:<16} {} ...", step.tool, step.says);
        std::fflush(stdout);
        const auto done = (*client)->call_tool(step.tool, step.arguments);
        if (!done) {
            fmt::print(" failed\n");
            return done.error();
        }
        fmt::print(" {:.0f} ms\n", seconds_since(step_begin) * 1000);
    }
    const auto picture = render(**client);
    if (!picture) return picture.error();
    return save_picture(*picture, command.output);
}

}  // namespace

int run_demo(const DemoCommand& command) {
    const auto begin = Clock::now();
    const auto program = own_path();
    const auto picture = run(command, program);
    if (!picture) {
        fmt::print(stderr, "The demo failed: {}\n", core::describe(picture.error()));
        return 1;
    }
    fmt::print("The picture: {} (after {:.1f} s)\n", *picture, seconds_since(begin));
    print_client_configuration(program);
    return 0;
}

}  // namespace blender_mcpd::app
