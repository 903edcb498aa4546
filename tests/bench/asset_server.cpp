#include "asset_server.hpp"

#include "bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace blender_mcpd::bench {

namespace {

// Of so many zeros.
constexpr std::string_view file_md5 = "1d54d61534dd4aaa0d4ae978a0f9aae1";
constexpr std::size_t piece_bytes = 256 << 10;

bool send_all(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto size = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (size <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
}

void send_document(int connection, std::string_view json) {
    send_all(connection, fmt::format("HTTP/1.1 200 OK\r\nConnection: close\r\n"
                                     "Content-Length: {}\r\n\r\n{}",
                                     json.size(), json));
}

}  // namespace

AssetServer::AssetServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    require(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                ::listen(listener_, 16) == 0,
            "cannot listen");
    thread_ = std::thread([this] { run(); });
}

AssetServer::~AssetServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
}

std::string AssetServer::url() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    return fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port));
}

void AssetServer::run() {
    while (true) {
        const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) return;
        answer(connection);
        ::close(connection);
    }
}

void AssetServer::answer(int connection) {
    std::string head;
    char chunk[4096];
    while (head.find("\r\n\r\n") == std::string::npos) {
        const auto size = ::recv(connection, chunk, sizeof chunk, 0);
        if (size <= 0) return;
        head.append(chunk, static_cast<std::size_t>(size));
    }
    const auto is_for = [&](std::string_view path) {
        return head.starts_with("GET /" + std::string(path));
    };
    if (is_for("info/"))
        send_document(connection, R"({"name":"Large","type":0})");
    else if (is_for("files/"))
        send_document(
            connection,
            fmt::format(
                R"({{"hdri":{{"1k":{{"hdr":{{"url":"{}/large.hdr","size":{},"md5":"{}"}}}}}}}})",
                url(), file_bytes, file_md5));
    else
        send_file(connection);
}

void AssetServer::send_file(int connection) {
    const std::string zeros(piece_bytes, '\0');
    const auto begin = std::chrono::steady_clock::now();
    const double rate = bytes_per_second_;
    ++begun_;
    if (!send_all(connection,
                  fmt::format("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                              file_bytes)))
        return;
    for (std::size_t done = 0; done < file_bytes; done += piece_bytes) {
        if (rate > 0)
            std::this_thread::sleep_until(
                begin + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                            std::chrono::duration<double>(static_cast<double>(done) / rate)));
        if (!send_all(connection,
                      std::string_view(zeros).substr(0, std::min(piece_bytes, file_bytes - done))))
            return;
    }
    ++sent_;
}

}  // namespace blender_mcpd::bench
