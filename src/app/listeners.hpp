// Who listens on a TCP port of this machine, as far as /proc tells.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace blender_mcpd::app {

struct Listener {
    std::string address;    // "127.0.0.1", "0.0.0.0", "::1", "::"
    uid_t user = 0;         // whose it is
    pid_t process = 0;      // 0: not told, mostly since it is another user's
    std::string program{};  // its file, or its name when that is all there is; may be empty
};

/// All of them, in no particular order; none when there is no /proc. Blocks; any thread.
[[nodiscard]] std::vector<Listener> listeners_on(const std::filesystem::path& proc,
                                                 std::uint16_t port);

/// Whether a connection to `host` on this machine may reach it. False for hosts that are not this
/// machine by their look.
[[nodiscard]] bool reaches(const std::string& host, const Listener& listener);

/// "/usr/bin/blender (process 123)", as much of it as is known.
[[nodiscard]] std::string describe(const Listener& listener);

}  // namespace blender_mcpd::app
