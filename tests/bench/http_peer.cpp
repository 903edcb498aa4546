#include "http_peer.hpp"

#include "bench.hpp"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <stdexcept>
#include <thread>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace blender_mcpd::bench {

namespace {

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int free_port() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    if (bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0)
        throw std::runtime_error("no free port");
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    close(fd);
    return ntohs(address.sin_port);
}

int connect_to(int port) {
    const auto address = loopback(port);
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < give_up) {
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
            const int on = 1;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            return fd;
        }
        close(fd);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));  // it starts just now
    }
    throw std::runtime_error("cannot connect");
}

std::vector<std::string> serving(std::vector<std::string> command, int port) {
    for (const auto& argument : {std::string("serve"), std::string("--port"), std::to_string(port),
                                 std::string("--no-auth")})
        command.push_back(argument);
    return command;
}

/// The value of a header; names are compared in lower case.
std::string header(std::string_view head, std::string_view name) {
    std::string lower;
    for (const char c : head)
        lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto at = lower.find("\r\n" + std::string(name) + ":");
    if (at == std::string::npos) return {};
    const auto begin = head.find_first_not_of(' ', at + 3 + name.size());
    return std::string(head.substr(begin, head.find("\r\n", begin) - begin));
}

}  // namespace

HttpServer::HttpServer(std::vector<std::string> command)
    : port_(free_port()), process_(serving(std::move(command), port_)) {}

HttpServer::HttpServer(Foreign foreign) : port_(0), process_(std::move(foreign.command)) {
    port_ = std::stoi(std::string(process_.receive_line()));
}

HttpPeer::HttpPeer(int port) : fd_(connect_to(port)) {}

HttpPeer::~HttpPeer() {
    close(fd_);
}

void HttpPeer::open_session() {
    begin(initialize);
    const auto response = read_response();
    if (const auto id = header(response, "mcp-session-id"); !id.empty())
        session_ = "Mcp-Session-Id: " + id + "\r\nMCP-Protocol-Version: 2025-11-25\r\n";
    begin(initialized);
    read_response();
}

void HttpPeer::ask(std::string_view message) {
    begin(message);
    finish();
}

void HttpPeer::begin(std::string_view message) {
    auto request = fmt::format(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Accept: application/json, text/event-stream\r\n{}Content-Length: {}\r\n\r\n",
        session_, message.size());
    request += message;
    for (std::string_view left = request; !left.empty();) {
        const auto size = send(fd_, left.data(), left.size(), MSG_NOSIGNAL);
        if (size <= 0) throw std::runtime_error("the server closed the connection");
        left.remove_prefix(static_cast<std::size_t>(size));
    }
}

void HttpPeer::finish() {
    const auto response = read_response();
    require(response.find("\"result\"") != std::string::npos, response.substr(0, 2000));
}

std::string& HttpPeer::read_more() {
    char chunk[65'536];
    const auto size = recv(fd_, chunk, sizeof chunk, 0);
    if (size <= 0) throw std::runtime_error("the server closed the connection");
    return received_.append(chunk, static_cast<std::size_t>(size));
}

std::string HttpPeer::read_response() {
    constexpr std::string_view end_of_head = "\r\n\r\n";
    constexpr std::string_view last_chunk = "\r\n0\r\n\r\n";
    auto end = received_.find(end_of_head);
    while (end == std::string::npos)
        end = read_more().find(end_of_head);
    const auto head = received_.substr(0, end);
    const auto body = end + end_of_head.size();
    std::size_t whole = body;
    if (const auto length = header(head, "content-length"); !length.empty()) {
        whole += std::stoul(length);
        while (received_.size() < whole)
            read_more();
    } else if (header(head, "transfer-encoding") == "chunked") {
        auto from = body - 2;  // a body may be empty
        auto last = received_.find(last_chunk, from);
        while (last == std::string::npos) {
            from = std::max(from, received_.size() - std::min(received_.size(), last_chunk.size()));
            last = read_more().find(last_chunk, from);
        }
        whole = last + last_chunk.size();
    }
    auto response = received_.substr(0, whole);
    received_.erase(0, whole);
    return response;
}

}  // namespace blender_mcpd::bench
