#include "commands.hpp"
#include "daemon.hpp"
#include "image_file.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/mcp/session.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace blender_mcpd::app {

namespace asio = boost::asio;

namespace {

core::Result<core::Json> read_arguments(const CallCommand& command) {
    auto arguments = command.json.empty() ? core::Json::object() : core::parse_json(command.json);
    if (!arguments) return arguments;
    if (!arguments->is_object())
        return core::Error{core::ErrorCode::invalid, "the arguments must be one JSON object"};
    for (const auto& argument : command.arguments) {
        const auto equals = argument.find('=');
        if (equals == std::string::npos || equals == 0)
            return core::Error{core::ErrorCode::invalid,
                               "--arg takes name=value, not \"" + core::excerpt(argument) + "\""};
        const auto text = argument.substr(equals + 1);
        const auto value = core::parse_json(text);
        (*arguments)[argument.substr(0, equals)] = value ? *value : core::Json(text);
    }
    return arguments;
}

std::string request(const CallCommand& command, core::Json arguments) {
    return core::dump({{"jsonrpc", "2.0"},
                       {"id", 1},
                       {"method", "tools/call"},
                       {"params",
                        {{"name", command.tool},
                         {"arguments", std::move(arguments)},
                         {"_meta", {{"progressToken", 1}}}}}});
}

// Prints the result for a person: JSON indented, images as files.
int print_result(const CallCommand& command, const core::Json& reply) {
    if (reply.contains("error")) {
        fmt::print(stderr, "{}\n", reply["error"].value("message", "unknown error"));
        return 2;
    }
    const auto& result = reply["result"];
    const bool failed = result.value("isError", false);
    if (result.contains("structuredContent"))
        fmt::print("{}\n", result["structuredContent"].dump(2));
    for (const auto& content : result["content"]) {
        if (content["type"] == "text" && !result.contains("structuredContent"))
            fmt::print(failed ? stderr : stdout, "{}\n", content["text"].get<std::string>());
        if (content["type"] != "image") continue;
        const auto path = command.image.empty() ? command.tool + ".png" : command.image;
        const auto written = write_image(path, content["data"].get<std::string>());
        if (!written) {
            fmt::print(stderr, "{}\n", core::describe(written.error()));
            return 1;
        }
        fmt::print(stderr, "image: {}\n", *written);
    }
    return failed ? 1 : 0;
}

void print_progress(const core::Json& parameters) {
    fmt::print(stderr, "{}\n",
               parameters.value("message", fmt::format("{}", parameters.value("progress", 0.0))));
}

// Takes the answer, and shows progress meanwhile.
class Caller final : public mcp::Channel {
  public:
    explicit Caller(const asio::any_io_executor& executor) : answer_(executor) {}

    void send(std::string message) override {
        const auto parsed = core::parse_json(message);
        if (parsed && parsed->value("method", "") == "notifications/progress")
            print_progress(parsed->at("params"));
    }
    void respond(std::string message, mcp::Disposition) override {
        auto parsed = core::parse_json(message);
        answer_.set(parsed ? std::move(*parsed) : core::Json::object());
    }
    void abandon() override { answer_.set(core::Json::object()); }

    asio::awaitable<core::Json> answer() { return answer_.wait(); }

  private:
    core::OneShot<core::Json> answer_;
};

asio::awaitable<void> cancel(mcp::Session& session) {
    session.cancel_all(core::CancelReason::shutdown);
    co_await session.drained();
}

asio::awaitable<int> call(Daemon& daemon, const CallCommand& command, std::string message) {
    const auto caller = std::make_shared<Caller>(daemon.timers().executor());
    mcp::Session session(daemon.server(), daemon.server().name_client(), "call");
    const auto end = daemon.shutdown().add("call", core::ShutdownPriority::calls,
                                           [&] { return cancel(session); });
    session.receive(message, caller);
    const auto reply = co_await caller->answer();
    co_await session.drained();
    co_return print_result(command, reply);
}

}  // namespace

int run_call(const Config& config, const CallCommand& command) {
    auto arguments = read_arguments(command);
    if (!arguments) {
        fmt::print(stderr, "{}\n", core::describe(arguments.error()));
        return 2;
    }
    Daemon daemon(config);
    return daemon.run(call(daemon, command, request(command, std::move(*arguments))));
}

}  // namespace blender_mcpd::app
