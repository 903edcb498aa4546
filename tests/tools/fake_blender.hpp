// A Blender that records what it is asked and answers what the test says.
#pragma once

#include "all_tools.hpp"
#include "fake_blenders.hpp"
#include "some_assets.hpp"
#include "some_services.hpp"

#include <blender_mcpd/blender/blender.hpp>
#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/mcp/tool.hpp>
#include <blender_mcpd/tools/guards.hpp>
#include <blender_mcpd/tools/recent_calls.hpp>
#include <blender_mcpd/tools/tools.hpp>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <support/loop.hpp>
#include <unistd.h>

namespace blender_mcpd::tools {

class FakeBlender final : public blender::Blender {
  public:
    struct Call {
        blender::Operation operation;
        bool on_copy;
    };
    std::vector<Call> calls;
    std::vector<core::CancelToken> tokens;

    std::string result = "{}";
    std::map<std::string, std::string> results{};  // of some operations, by name, instead of it
    std::string blob;
    std::optional<core::Error> error;  // instead of the result
    std::vector<link::Progress> steps;
    core::Json state = core::Json::object();
    std::string output;
    std::string name = "blender-1";  // "" when none runs
    core::Result<std::optional<std::uint64_t>> scene_generation = std::optional<std::uint64_t>(7);
    std::size_t generation_asked = 0;
    std::optional<std::uint64_t> known;  // the generation, without a question
    std::filesystem::path project;
    blender::ChangeFeed changes;  // for the test to publish
    std::optional<std::uint64_t> reply_generation = 7;
    core::Event* hold = nullptr;  // calls wait for it

    boost::asio::awaitable<core::Result<link::Reply>> call(
        blender::Operation operation, core::CancelToken cancel,
        link::ProgressHandler progress) override {
        return answer({std::move(operation), false}, std::move(cancel), std::move(progress));
    }

    boost::asio::awaitable<core::Result<link::Reply>> call_on_copy(
        blender::Operation operation, core::CancelToken cancel,
        link::ProgressHandler progress) override {
        return answer({std::move(operation), true}, std::move(cancel), std::move(progress));
    }

    boost::asio::awaitable<core::Json> status() override { co_return state; }
    [[nodiscard]] std::string recent_output() const override { return output; }
    [[nodiscard]] std::string instance() const override { return name; }
    boost::asio::awaitable<core::Result<std::optional<std::uint64_t>>> generation() override {
        ++generation_asked;
        co_return scene_generation;
    }
    [[nodiscard]] std::optional<std::uint64_t> known_generation() override { return known; }
    [[nodiscard]] blender::ChangeSubscription on_change(blender::ChangeHandler handler) override {
        return changes.subscribe(std::move(handler));
    }
    boost::asio::awaitable<std::filesystem::path> project_directory() override {
        co_return project;
    }

  private:
    boost::asio::awaitable<core::Result<link::Reply>> answer(Call call, core::CancelToken cancel,
                                                             link::ProgressHandler progress) {
        const auto own = results.find(call.operation.name);
        calls.push_back(std::move(call));
        tokens.push_back(std::move(cancel));
        for (const auto& step : steps)
            progress(step);
        const auto text =
            own == results.end() ? result : own->second;  // as it is when the call arrives
        const auto generation_now = reply_generation;
        if (hold != nullptr) co_await hold->wait();
        if (error) co_return *error;
        const std::string head = R"({"id":1,"ok":true,"gen":7,"ms":0.1,"result":)";
        co_return link::Reply(head + text + "}", blob, head.size(), text.size(), generation_now);
    }
};

/// The largest set.
inline ToolOptions full_set() {
    ToolOptions options;
    options.selection.set = ToolSet::full;
    return options;
}

/// The path of a file that may be read and written, removed at the end of the process.
inline const std::string& some_file() {
    struct File {
        File() { std::ofstream(path) << "v 0 0 0\n"; }
        ~File() { std::filesystem::remove(path); }
        File(const File&) = delete;
        File& operator=(const File&) = delete;
        const std::string path = "/tmp/some-file-" + std::to_string(::getpid()) + ".obj";
    };
    static const File file;
    return file.path;
}

/// All tools on a fake Blender.
struct Bench {
    explicit Bench(GuardOptions options = generous())
        : guards(loop.timers, clock, metrics, options),
          tools(all_tools(blenders, guards, options_of_tools())) {}

    /// No limit is reached by accident.
    static GuardOptions generous() {
        GuardOptions options;
        options.limits.enabled = false;
        options.roots = {"/tmp"};
        return options;
    }

    static ToolOptions full_set() {
        ToolOptions options;
        options.selection.set = ToolSet::full;
        return options;
    }

    ToolOptions options_of_tools() {
        auto options = full_set();
        options.recent_calls = &recent_calls;
        options.assets = &library;
        options.generation = &generation;
        return options;
    }

    test::Loop loop;
    core::ManualClock clock;
    core::Metrics metrics;
    FakeBlender blender;
    FakeBlenders blenders{blender};
    Guards guards;
    RecentCalls recent_calls{clock};
    assets::Assets library{loop.timers, metrics, some_assets().options()};
    SomeServices services{loop.io};
    assets::Generation generation{loop.timers, metrics, services.options()};
    std::vector<mcp::Tool> tools;
    core::CancelSource cancel;
    std::vector<mcp::Progress> progress;

    const mcp::Tool& tool(const std::string& name) const {
        for (const auto& one : tools) {
            if (one.name == name) return one;
        }
        throw std::out_of_range(name);
    }

    mcp::ToolResult call_with(const std::string& name, core::Json arguments) {
        mcp::CallContext context{"client-1", cancel.token(),
                                 [this](const mcp::Progress& step) { progress.push_back(step); }};
        return std::get<mcp::ToolResult>(
            loop.run(tool(name).handler(std::move(context), std::move(arguments))));
    }

    mcp::ToolResult call(const std::string& name, const std::string& arguments) {
        return call_with(name, core::Json::parse(arguments));
    }

    /// The arguments of the last operation.
    std::string sent() const { return blender.calls.back().operation.args; }
};

/// The text of an isError result, or "" of a success.
inline std::string error_text(const mcp::ToolResult& result) {
    if (!result.is_error) return {};
    return std::get<mcp::TextContent>(result.content.at(0)).text;
}

}  // namespace blender_mcpd::tools
