#include "commands.hpp"
#include "credits_text.hpp"
#include "daemon.hpp"
#include "own_blender.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace blender_mcpd::app {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

using core::Json;

/// Its absolute path.
core::Result<std::string> blend_file(const std::string& given) {
    std::error_code error;
    const auto path = fs::absolute(given, error).lexically_normal();
    if (error || !fs::is_regular_file(path, error))
        return core::Error{core::ErrorCode::not_found,
                           "there is no file " + core::excerpt(given, 300)};
    if (path.extension() != ".blend")
        return core::Error{core::ErrorCode::invalid,
                           core::excerpt(given, 300) + " does not end in .blend"};
    return path.string();
}

/// An empty scene of a Blender that was started for it would have nothing to credit.
Config without_start(Config config) {
    if (config.blender.blend_file.empty()) config.blender.launch = Launch::never;
    return config;
}

/// One page of asset.credits, which is all for all but the largest scenes.
asio::awaitable<core::Result<Json>> page_from(blender::Blender& blender, std::string cursor,
                                              core::CancelToken cancel) {
    blender::Operation wanted;
    wanted.name = "asset.credits";
    wanted.args = core::dump({{"cursor", std::move(cursor)}});
    link::ProgressHandler silent = [](const link::Progress&) {};
    auto reply = co_await blender.call(std::move(wanted), std::move(cancel), std::move(silent));
    if (!reply) co_return reply.error();
    auto page = core::parse_json(reply->result());
    if (!page) co_return page.error();
    co_return std::move(*page);
}

asio::awaitable<core::Result<Json>> credits_in(blender::Blender& blender,
                                               core::CancelToken cancel) {
    auto all = co_await page_from(blender, "0", cancel);
    while (all && all->contains("next_cursor")) {
        auto cursor = (*all)["next_cursor"].get<std::string>();
        all->erase("next_cursor");
        auto more = co_await page_from(blender, std::move(cursor), cancel);
        if (!more) co_return more.error();
        for (auto& entry : (*more)["credits"])
            (*all)["credits"].push_back(std::move(entry));
        if (more->contains("next_cursor")) (*all)["next_cursor"] = (*more)["next_cursor"];
    }
    co_return all;
}

asio::awaitable<core::Result<Json>> credits_of_current(Daemon& daemon, core::CancelToken cancel) {
    auto blender = daemon.blenders().find({}, daemon.server().name_client());
    if (!blender) co_return blender.error();
    co_return co_await credits_in(**blender, std::move(cancel));
}

void print(const CreditsCommand& command, const Json& told) {
    const auto& credits = told["credits"];
    if (command.json)
        fmt::print("{}\n", told.dump(2));
    else
        fmt::print("{}", command.markdown ? credits_markdown(credits) : credits_text(credits));
}

asio::awaitable<void> cancel(core::CancelSource& source) {
    source.cancel(core::CancelReason::shutdown);
    co_return;
}

/// `done`: no signal came first.
asio::awaitable<int> tell(Daemon& daemon, const CreditsCommand& command, bool& done) {
    core::CancelSource source;
    const auto end = daemon.shutdown().add("credits", core::ShutdownPriority::calls,
                                           [&] { return cancel(source); });
    auto told = co_await credits_of_current(daemon, source.token());
    done = !daemon.shutdown().running();
    if (!done) co_return 1;
    if (told) {
        print(command, *told);
        co_return 0;
    }
    auto error = told.error();
    if (command.file.empty() && error.code == core::ErrorCode::unavailable)
        error.remedy =
            "Name a .blend file, or open the scene in a Blender with blender-mcpd's add-on "
            "(blender-mcpd addon install)";
    fmt::print(stderr, "{}\n", core::describe(error));
    co_return 1;
}

int tell_with(const Config& config, const CreditsCommand& command) {
    Daemon daemon(config);
    bool done = false;
    const int code = daemon.run(tell(daemon, command, done));
    if (done) return code;
    fmt::print(stderr, "Interrupted\n");
    return 1;
}

}  // namespace

void add_credits(CLI::App& app, CreditsCommand& command) {
    auto* credits =
        app.add_subcommand("credits", "List author, licence and source of the assets in a scene");
    credits->add_option("FILE", command.file,
                        "A .blend file (default: what is open in the Blender that runs)");
    auto* json = credits->add_flag("--json", command.json, "Print JSON");
    credits->add_flag("--markdown", command.markdown, "Print a page for a project")->excludes(json);
}

int run_credits(const Config& config, const CreditsCommand& command) {
    if (command.file.empty()) return tell_with(without_start(config), command);
    auto file = blend_file(command.file);
    if (!file) {
        fmt::print(stderr, "{}\n", core::describe(file.error()));
        return 2;
    }
    return tell_with(with_own_blender(config, std::move(*file)), command);
}

}  // namespace blender_mcpd::app
