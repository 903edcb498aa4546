#include "listeners.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <string_view>
#include <system_error>

#include <arpa/inet.h>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view listening = "0A";  // TCP_LISTEN

template <typename Number>
std::optional<Number> number_in(std::string_view text, int base) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// "0100007F" is 127.0.0.1: words of the machine's byte order, each with a part of the address.
std::string address_in(std::string_view hex) {
    std::array<std::uint32_t, 4> words{};
    const auto count = hex.size() / 8;
    if (count != 1 && count != 4) return {};
    for (std::size_t index = 0; index < count; ++index)
        words[index] = number_in<std::uint32_t>(hex.substr(index * 8, 8), 16).value_or(0);
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (::inet_ntop(count == 1 ? AF_INET : AF_INET6, words.data(), text.data(), text.size()) ==
        nullptr)
        return {};
    return text.data();
}

/// By inode. See proc_pid_net(5).
std::map<std::string, Listener> sockets_on(const fs::path& table, std::uint16_t port) {
    std::map<std::string, Listener> found;
    std::ifstream file(table);
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string slot, local, remote, state, queues, timer, retransmits, user, timeout, inode;
        words >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> user >>
            timeout >> inode;
        const auto colon = local.find(':');
        if (inode.empty() || state != listening || colon == std::string::npos ||
            number_in<std::uint16_t>(std::string_view(local).substr(colon + 1), 16) != port)
            continue;
        found[inode] = {address_in(std::string_view(local).substr(0, colon)),
                        number_in<uid_t>(user, 10).value_or(0)};
    }
    return found;
}

std::string program_of(const fs::path& process) {
    std::error_code error;
    const auto file = fs::read_symlink(process / "exe", error);
    if (!error) return file.string();
    std::string name;
    std::getline(std::ifstream(process / "comm"), name);
    return name;
}

void find_owners(const fs::path& proc, std::map<std::string, Listener>& sockets) {
    std::error_code error;
    for (const auto& process : fs::directory_iterator(proc, error)) {
        const auto pid = number_in<pid_t>(process.path().filename().string(), 10);
        if (!pid) continue;
        std::error_code forbidden;
        for (const auto& descriptor : fs::directory_iterator(process.path() / "fd", forbidden)) {
            std::error_code gone;
            const auto target = fs::read_symlink(descriptor.path(), gone).string();
            if (!target.starts_with("socket:[")) continue;
            const auto found = sockets.find(target.substr(8, target.size() - 9));
            if (found == sockets.end() || found->second.process != 0) continue;
            found->second.process = *pid;
            found->second.program = program_of(process.path());
        }
    }
}

}  // namespace

std::vector<Listener> listeners_on(const fs::path& proc, std::uint16_t port) {
    auto sockets = sockets_on(proc / "net/tcp", port);
    sockets.merge(sockets_on(proc / "net/tcp6", port));
    if (!sockets.empty()) find_owners(proc, sockets);
    std::vector<Listener> listeners;
    for (auto& [inode, listener] : sockets)
        listeners.push_back(std::move(listener));
    return listeners;
}

bool reaches(const std::string& host, const Listener& listener) {
    const auto& at = listener.address;
    if (host == "localhost")
        return at.starts_with("127.") || at == "0.0.0.0" || at.starts_with("::");
    if (host == "::1") return at == "::1" || at == "::";
    // What listens on :: mostly takes IPv4 as well.
    if (host.starts_with("127.") || host == "0.0.0.0")
        return at == host || at == "0.0.0.0" || at == "::" || at == "::ffff:" + host ||
               (host == "0.0.0.0" && at.starts_with("127."));
    return false;
}

std::string describe(const Listener& listener) {
    if (listener.process == 0)
        return fmt::format("a program of user {} that the system does not name", listener.user);
    return fmt::format("{} (process {})", listener.program.empty() ? "a program" : listener.program,
                       listener.process);
}

}  // namespace blender_mcpd::app
