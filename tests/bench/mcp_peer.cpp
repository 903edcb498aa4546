#include "mcp_peer.hpp"

#include <csignal>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace blender_mcpd::bench {

McpPeer::McpPeer(std::vector<std::string> arguments) {
    int input[2];
    int output[2];
    if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0)
        throw std::runtime_error("pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input[0], 0);
    posix_spawn_file_actions_adddup2(&actions, output[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);  // some log each call
    std::vector<char*> pointers;
    for (auto& argument : arguments)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    const int failed =
        posix_spawn(&server_, pointers[0], &actions, nullptr, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(input[0]);
    close(output[1]);
    to_server_ = input[1];
    from_server_ = output[0];
    if (failed != 0) throw std::runtime_error("cannot start " + arguments.at(0));
}

McpPeer::McpPeer(McpPeer&& other) noexcept
    : server_(std::exchange(other.server_, -1)),
      to_server_(std::exchange(other.to_server_, -1)),
      from_server_(std::exchange(other.from_server_, -1)),
      received_(std::move(other.received_)),
      begin_(other.begin_) {}

McpPeer::~McpPeer() {
    if (server_ < 0) return;
    close(to_server_);
    kill(server_, SIGTERM);
    waitpid(server_, nullptr, 0);
    close(from_server_);
}

void McpPeer::send(std::string_view line) {
    while (!line.empty()) {
        const auto size = write(to_server_, line.data(), line.size());
        if (size < 0) throw std::runtime_error("write to the server");
        line.remove_prefix(static_cast<std::size_t>(size));
    }
}

std::string_view McpPeer::receive() {
    constexpr std::size_t beginning = 60;
    for (;;) {
        const auto line = receive_line();
        if (line.substr(0, beginning).find(R"("method":)") == std::string_view::npos) return line;
    }
}

std::string_view McpPeer::receive_line() {
    received_.erase(0, begin_);
    begin_ = 0;
    for (std::size_t searched = 0;;) {
        const auto end = received_.find('\n', searched);
        if (end != std::string::npos) {
            begin_ = end + 1;
            return std::string_view(received_).substr(0, end);
        }
        searched = received_.size();
        char chunk[65'536];
        const auto size = read(from_server_, chunk, sizeof chunk);
        if (size <= 0) throw std::runtime_error("the server ended");
        received_.append(chunk, static_cast<std::size_t>(size));
    }
}

}  // namespace blender_mcpd::bench
