#include "stdio_client.hpp"

#include "version.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace blender_mcpd::app {

namespace {

// Longer than any call of the demo may take, the first start of a slow machine's Blender included.
constexpr std::chrono::minutes request_limit{5};

core::Error system_error(const std::string& what) {
    return {core::ErrorCode::internal, what + ": " + std::strerror(errno)};
}

}  // namespace

core::Result<std::unique_ptr<StdioClient>> StdioClient::start(std::vector<std::string> arguments) {
    int input[2];
    int output[2];
    if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0)
        return system_error("cannot make a pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input[0], 0);
    posix_spawn_file_actions_adddup2(&actions, output[1], 1);
    std::vector<char*> pointers;
    for (auto& argument : arguments)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    pid_t server = -1;
    const int failed =
        posix_spawn(&server, pointers[0], &actions, nullptr, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(input[0]);
    close(output[1]);
    if (failed != 0) {
        close(input[1]);
        close(output[0]);
        errno = failed;
        return system_error("cannot start " + arguments[0]);
    }
    (void)std::signal(SIGPIPE, SIG_IGN);
    return std::unique_ptr<StdioClient>(new StdioClient(server, input[1], output[0]));
}

StdioClient::~StdioClient() {
    close(to_server_);
    // The server's output ends when it does.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (read_line(deadline)) {
    }
    if (std::chrono::steady_clock::now() >= deadline) kill(server_, SIGKILL);
    close(from_server_);
    waitpid(server_, nullptr, 0);
}

core::Result<core::Json> StdioClient::initialize() {
    auto result = request(
        "initialize",
        {{"protocolVersion", "2025-11-25"},
         {"capabilities", core::Json::object()},
         {"clientInfo", {{"name", "blender-mcpd demo"}, {"version", std::string(version)}}}},
        {});
    if (!result) return result;
    const auto sent = send({{"jsonrpc", "2.0"}, {"method", "notifications/initialized"}});
    if (!sent) return sent.error();
    return result;
}

core::Result<core::Json> StdioClient::call_tool(const std::string& name, core::Json arguments,
                                                const OnProgress& on_progress) {
    core::Json params{{"name", name}, {"arguments", std::move(arguments)}};
    if (on_progress) params["_meta"] = {{"progressToken", name}};
    auto result = request("tools/call", std::move(params), on_progress);
    if (!result || !result->value("isError", false)) return result;
    std::string text;
    for (const auto& content : (*result)["content"])
        text += content.value("text", "");
    return core::Error{core::ErrorCode::blender, name + ": " + text};
}

core::Result<core::Json> StdioClient::request(const std::string& method, core::Json params,
                                              const OnProgress& on_progress) {
    const auto id = ++last_id_;
    const auto sent =
        send({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}});
    if (!sent) return sent.error();
    const auto deadline = std::chrono::steady_clock::now() + request_limit;
    for (;;) {
        const auto line = read_line(deadline);
        if (!line) return line.error();
        auto message = core::parse_json(*line);
        if (!message) return message;
        if (message->value("method", "") == "notifications/progress" && on_progress) {
            const auto& progress = (*message)["params"];
            on_progress(progress.value("progress", 0.0), progress.value("total", 0.0),
                        progress.value("message", ""));
        }
        if (message->value("id", std::int64_t{0}) != id) continue;
        if (message->contains("error"))
            return core::Error{core::ErrorCode::protocol,
                               method + ": " + (*message)["error"].value("message", "")};
        return std::move((*message)["result"]);
    }
}

core::Result<void> StdioClient::send(const core::Json& message) {
    const auto line = core::dump(message) + "\n";
    for (std::size_t sent = 0; sent < line.size();) {
        const auto size = write(to_server_, line.data() + sent, line.size() - sent);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return system_error("the server does not read");
        sent += static_cast<std::size_t>(size);
    }
    return {};
}

core::Result<std::string> StdioClient::read_line(std::chrono::steady_clock::time_point deadline) {
    for (;;) {
        const auto end = received_.find('\n');
        if (end != std::string::npos) {
            auto line = received_.substr(0, end);
            received_.erase(0, end + 1);
            return line;
        }
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0)
            return core::Error{core::ErrorCode::timeout, "the server did not answer in time"};
        pollfd waiting{from_server_, POLLIN, 0};
        const int ready = poll(&waiting, 1, static_cast<int>(left.count()));
        if (ready < 0 && errno != EINTR) return system_error("poll");
        if (ready <= 0) continue;
        char chunk[65'536];
        const auto size = read(from_server_, chunk, sizeof chunk);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return core::Error{core::ErrorCode::connection, "the server ended"};
        received_.append(chunk, static_cast<std::size_t>(size));
    }
}

}  // namespace blender_mcpd::app
