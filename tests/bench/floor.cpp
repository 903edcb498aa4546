// The floors: the least that a program can do and still answer. Linked statically, with no library
// but the standard one.
//
//   blender-mcpd-bench-floor lines            answers every line on standard input with a canned
//   one blender-mcpd-bench-floor relay PORT       for every line: asks for that many bytes at the
//   port, and passes them on
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

void write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto size = write(fd, bytes.data(), bytes.size());
        if (size <= 0) _exit(1);
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
}

void answer_lines() {
    constexpr std::string_view answer =
        R"({"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"hello"}]}})"
        "\n";
    char chunk[65'536];
    std::string out;
    for (;;) {
        const auto size = read(0, chunk, sizeof chunk);
        if (size <= 0) return;
        out.clear();
        const auto* end = chunk + size;
        for (const auto* at = chunk;
             (at = static_cast<const char*>(
                  std::memchr(at, '\n', static_cast<std::size_t>(end - at)))) != nullptr;
             ++at)
            out += answer;
        write_all(1, out);
    }
}

int connect_to(int port) {
    const int peer = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) _exit(1);
    return peer;
}

// The line of what is passed on is the peer's: it ends with the bytes.
void relay(int port) {
    const int peer = connect_to(port);
    static char chunk[262'144];
    std::string line;
    for (char c = 0; read(0, &c, 1) == 1;) {
        line += c;
        if (c != '\n') continue;
        write_all(peer, line);
        std::size_t left = 0;
        std::from_chars(line.data(), line.data() + line.size(), left);
        line.clear();
        while (left > 0) {
            const auto size = recv(peer, chunk, sizeof chunk, 0);
            if (size <= 0) _exit(1);
            write_all(1, {chunk, static_cast<std::size_t>(size)});
            left -= static_cast<std::size_t>(size);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view what = argc > 1 ? argv[1] : "";
    if (what == "lines")
        answer_lines();
    else if (what == "relay" && argc > 2)
        relay(std::atoi(argv[2]));
    else
        return 2;
}
