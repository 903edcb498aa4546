#include "passed_sockets.hpp"

#include <fmt/format.h>

#include <string_view>

#include <sys/socket.h>

namespace blender_mcpd::app {

namespace {

/// -1 when it has none, as it is no socket.
int option(int descriptor, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

core::Error refused(int descriptor, std::string_view why) {
    return {
        core::ErrorCode::invalid,
        fmt::format("descriptor {}, which the service manager passed to us, {}", descriptor, why),
        "Let the .socket unit have one ListenStream= for HTTP, one for the Unix socket, or both"};
}

}  // namespace

core::Result<PassedSockets> sort_sockets(std::span<const int> descriptors) {
    PassedSockets sorted;
    for (const int descriptor : descriptors) {
        if (option(descriptor, SO_TYPE) != SOCK_STREAM || option(descriptor, SO_ACCEPTCONN) != 1)
            return refused(descriptor, "is no stream socket that listens");
        const int family = option(descriptor, SO_DOMAIN);
        if (family != AF_INET && family != AF_INET6 && family != AF_UNIX)
            return refused(descriptor, "is neither a TCP nor a Unix socket");
        int& place = family == AF_UNIX ? sorted.unix : sorted.http;
        if (place >= 0)
            return refused(descriptor, family == AF_UNIX ? "is a second Unix socket"
                                                         : "is a second TCP socket");
        place = descriptor;
    }
    return sorted;
}

}  // namespace blender_mcpd::app
