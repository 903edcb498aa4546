// The few system calls about Unix sockets that Asio does not have.
#pragma once

#include <optional>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>

namespace blender_mcpd::transport {

/// nullopt when the path is longer than the system allows (107 bytes).
[[nodiscard]] std::optional<sockaddr_un> unix_address(const std::string& path);

/// A non-blocking socket that is connected, without ever waiting; or -1 and errno. Asio's connect
/// takes the EAGAIN of a full queue for "in progress".
[[nodiscard]] int connect_now(const std::string& path);

/// Who connected, or who listens, as it was at that time (SO_PEERCRED).
[[nodiscard]] std::optional<ucred> peer_of(int socket);

}  // namespace blender_mcpd::transport
