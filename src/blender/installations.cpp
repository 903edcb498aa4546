#include "child_process.hpp"

#include <blender_mcpd/blender/installations.hpp>
#include <blender_mcpd/blender/locate.hpp>
#include <blender_mcpd/core/text.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <charconv>
#include <exception>

#include <unistd.h>

namespace blender_mcpd::blender {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds version_limit{30};

std::vector<std::string> own_environment() {
    std::vector<std::string> environment;
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
        environment.emplace_back(*variable);
    return environment;
}

asio::awaitable<void> wait_for_end(ChildProcess& process, std::chrono::milliseconds limit) {
    (void)co_await process.ends_within(limit);
}

core::Error failure(const std::string& program, std::string_view what, std::string_view printed) {
    auto message = fmt::format("{} {}", program, what);
    if (!printed.empty()) message += ": " + core::excerpt(printed, 500);
    return {core::ErrorCode::unavailable, std::move(message)};
}

}  // namespace

std::string to_string(Release release) {
    return fmt::format("{}.{}", release.major, release.minor);
}

std::optional<Release> release_in(std::string_view text) {
    int numbers[3] = {};
    int count = 0;
    const auto* const end = text.data() + text.size();
    for (const auto* at = text.data();; ++at) {
        if (count == 3) return {};
        const auto [stopped, error] = std::from_chars(at, end, numbers[count]);
        if (error != std::errc{} || *at == '-' || numbers[count] > 999) return {};
        ++count;
        at = stopped;
        if (at == end) break;
        if (*at != '.') return {};
    }
    if (count < 2) return {};
    return Release{numbers[0], numbers[1]};
}

std::vector<fs::path> installed_blenders(const std::string& configured) {
    return find_blenders(usual_places(configured));
}

core::Result<Release> ask_release(const fs::path& program) {
    const auto printed = run_program({program.string(), "--version"}, version_limit);
    if (!printed) return printed.error();
    constexpr std::string_view before = "Blender ";
    const auto begin = printed->find(before);
    if (begin != std::string::npos) {
        const auto version = std::string_view(*printed).substr(begin + before.size());
        if (const auto release = release_in(version.substr(0, version.find_first_of(" \r\n"))))
            return *release;
    }
    return failure(program.string(), "does not say its version, and so is no Blender", *printed);
}

core::Result<std::string> run_program(std::vector<std::string> arguments,
                                      std::chrono::milliseconds limit) {
    asio::io_context io{1};
    const core::SteadyClock clock;
    core::Timers timers(io.get_executor(), clock);
    const auto name = arguments.front();
    SpawnOptions options;
    options.arguments = std::move(arguments);
    options.environment = own_environment();
    auto process = ChildProcess::spawn(timers, std::move(options));
    if (!process) return process.error();
    asio::co_spawn(io, wait_for_end(**process, limit),
                   [&io](const std::exception_ptr&) { io.stop(); });
    io.run();
    const auto status = (*process)->exit_status();
    auto printed = (*process)->output_tail();
    process->reset();  // and ends what is left of it
    io.restart();
    io.run();
    if (!status)
        return failure(name, fmt::format("did not end within {} s", limit.count() / 1000), printed);
    if (status->code != 0 || status->signal != 0)
        return failure(name, "ended with " + describe(*status), printed);
    return printed;
}

}  // namespace blender_mcpd::blender
