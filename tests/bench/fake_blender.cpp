// A Blender that is none: started like one, it speaks the link (docs/link.md) and answers every
// operation at once, with a result of as many bytes as the last number in the request's arguments
// says. With --raw it prints a port, where whoever sends "N\n" gets N bytes, the last of them a
// line feed.
#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

void write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto size = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (size <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
}

bool read_all(int fd, char* to, std::size_t wanted) {
    while (wanted > 0) {
        const auto size = read(fd, to, wanted);
        if (size <= 0) return false;
        to += size;
        wanted -= static_cast<std::size_t>(size);
    }
    return true;
}

/// As a scene is told: many small values, and a text with what has to be escaped.
std::string make_result(std::size_t bytes) {
    std::string text = R"({"objects":[)";
    for (int number = 0; text.size() < bytes || number == 0; ++number) {
        if (number > 0) text += ',';
        text += R"({"name":"Cube.)" + std::to_string(number) +
                R"(","location":[1.25,-3.5,0.0],"note":"a \"box\""})";
    }
    return text + "]}";
}

/// The last one is kept: it is asked for again.
std::string result_of(std::size_t bytes) {
    static std::mutex mutex;
    static std::size_t kept_bytes = 0;
    static std::string kept = make_result(0);
    const std::lock_guard lock(mutex);
    if (bytes != kept_bytes) kept = make_result(bytes);
    kept_bytes = bytes;
    return kept;
}

std::size_t last_number(std::string_view text) {
    const auto end = text.find_last_of("0123456789");
    if (end == std::string_view::npos) return 0;
    const auto before = text.substr(0, end + 1).find_last_not_of("0123456789");
    return std::stoul(std::string(text.substr(before + 1, end - before)));
}

std::string header(std::size_t json_bytes) {
    std::string bytes(8, '\0');
    for (std::size_t i = 0; i < 4; ++i)
        bytes[i] = static_cast<char>(json_bytes >> (24 - 8 * i) & 0xFFU);
    return bytes;
}

bool read_message(int fd, nlohmann::json& message) {
    std::array<unsigned char, 8> head{};
    if (!read_all(fd, reinterpret_cast<char*>(head.data()), head.size())) return false;
    std::string text(std::size_t{head[0]} << 24U | std::size_t{head[1]} << 16U |
                         std::size_t{head[2]} << 8U | std::size_t{head[3]},
                     '\0');
    if (!read_all(fd, text.data(), text.size())) return false;
    message = nlohmann::json::parse(text);
    return true;
}

void serve_link(int fd) {
    nlohmann::json message;
    if (!read_message(fd, message)) return;
    const auto hello = R"({"hello":{"link":1,"name":"blender","pid":)" + std::to_string(getpid()) +
                       R"(,"blender":[3,4,1],"background":true}})";
    write_all(fd, header(hello.size()) + hello);
    while (read_message(fd, message)) {
        const bool is_control = !message.contains("uuid");
        const auto result = is_control ? std::string(R"({"state":"ready","queue":0})")
                                       : result_of(last_number(message["args"].dump()));
        const auto head =
            R"({"id":)" + message["id"].dump() + R"(,"ok":true,"gen":1,"ms":0.1,"result":)";
        write_all(fd, header(head.size() + result.size() + 1) + head);
        write_all(fd, result);
        write_all(fd, "}");
    }
    close(fd);
}

void serve_raw(int fd) {
    std::string line;
    for (char c = 0; read(fd, &c, 1) == 1;) {
        line += c;
        if (c != '\n') continue;
        const auto wanted = std::stoul(line);
        line.clear();
        auto bytes = result_of(wanted);
        bytes.resize(wanted - 1);
        write_all(fd, bytes);
        write_all(fd, "\n");
    }
    close(fd);
}

int listen_anywhere() {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener, 16) != 0)
        std::exit(1);
    return listener;
}

int port_of(int listener) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

void accept_all(int listener, void (*serve)(int)) {
    for (;;) {
        const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) std::exit(1);
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        std::thread(serve, fd).detach();
    }
}

}  // namespace

int main(int argc, char** argv) {
    const int listener = listen_anywhere();
    std::string line;
    if (argc > 1 && std::string_view(argv[1]) == "--raw") {
        std::cout << port_of(listener) << std::endl;
        std::thread(accept_all, listener, serve_raw).detach();
    } else {
        std::getline(std::cin, line);
        const int ready = nlohmann::json::parse(line).at("ready_fd").get<int>();
        const auto report = R"({"port":)" + std::to_string(port_of(listener)) + "}\n";
        if (write(ready, report.data(), report.size()) < 0) return 1;
        close(ready);
        std::thread(accept_all, listener, serve_link).detach();
    }
    while (std::getline(std::cin, line)) {
    }
    std::_Exit(0);  // its starter has gone
}
