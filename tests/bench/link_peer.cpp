#include "link_peer.hpp"

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace blender_mcpd::bench {

namespace {

void write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto size = write(fd, bytes.data(), bytes.size());
        if (size <= 0) throw std::runtime_error("write to the runtime");
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
}

void read_all(int fd, char* to, std::size_t wanted) {
    while (wanted > 0) {
        const auto size = read(fd, to, wanted);
        if (size <= 0) throw std::runtime_error("the runtime ended");
        to += size;
        wanted -= static_cast<std::size_t>(size);
    }
}

int number_after(const std::string& json, std::string_view key) {
    const auto at = json.find(key);
    if (at == std::string::npos) throw std::runtime_error("the runtime did not start: " + json);
    return std::atoi(json.c_str() + at + key.size());
}

}  // namespace

LinkPeer::LinkPeer(const std::string& blender, const std::string& runtime_folder) {
    constexpr int ready_fd = 9;
    int input[2];
    int ready[2];
    if (pipe2(input, O_CLOEXEC) != 0 || pipe2(ready, O_CLOEXEC) != 0)
        throw std::runtime_error("pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input[0], 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ready[1], ready_fd);
    std::vector<std::string> arguments{blender, "--background", "--factory-startup", "--python",
                                       runtime_folder + "/start.py"};
    std::vector<char*> pointers;
    for (auto& argument : arguments)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    std::string path = "PATH=/usr/local/bin:/usr/bin:/bin";
    std::array<char*, 2> environment{path.data(), nullptr};
    const int failed =
        posix_spawn(&blender_, pointers[0], &actions, nullptr, pointers.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    close(input[0]);
    close(ready[1]);
    input_ = input[1];
    if (failed != 0) throw std::runtime_error("cannot start " + blender);

    write_all(input_, R"({"token":"bench","ready_fd":9,"runtime":"bench","name":"bench"})"
                      "\n");
    std::string report;
    for (char c = 0; c != '\n';) {
        read_all(ready[0], &c, 1);
        report += c;
    }
    close(ready[0]);
    connect_to(number_after(report, "\"port\":"), "bench");
}

LinkPeer::~LinkPeer() {
    close(socket_);
    close(input_);  // end of input ends the runtime's Blender
    waitpid(blender_, nullptr, 0);
}

void LinkPeer::connect_to(int port, const std::string& token) {
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("connect to the runtime");
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    write_frame(R"({"hello":{"link":1,"token":")" + token + R"(","name":"bench","pid":1}})");
    (void)read_frame();
}

std::string LinkPeer::ask(std::string_view json) {
    write_frame(json);
    return read_frame();
}

void LinkPeer::write_frame(std::string_view json) const {
    std::string frame(8, '\0');
    for (std::size_t i = 0; i < 4; ++i)
        frame[i] = static_cast<char>(json.size() >> (24 - 8 * i) & 0xFFU);
    frame += json;
    write_all(socket_, frame);
}

std::string LinkPeer::read_frame() {
    std::array<unsigned char, 8> header{};
    read_all(socket_, reinterpret_cast<char*>(header.data()), header.size());
    const auto size = [&](std::size_t at) {
        return std::size_t{header[at]} << 24U | std::size_t{header[at + 1]} << 16U |
               std::size_t{header[at + 2]} << 8U | std::size_t{header[at + 3]};
    };
    std::string json(size(0), '\0');
    read_all(socket_, json.data(), json.size());
    std::string blob(size(4), '\0');
    read_all(socket_, blob.data(), blob.size());
    return json;
}

}  // namespace blender_mcpd::bench
