// The path of a listening Unix socket, and the right to it: a lock file beside it is held as long
// as this lives, so that of two daemons that start at once one wins, and what a dead one left can
// be told from a living one's.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/transport/unix_listener.hpp>

#include <memory>
#include <string>

#include <sys/types.h>

namespace blender_mcpd::transport {

class SocketPlace {
  public:
    /// See UnixListener::open() for what is refused.
    [[nodiscard]] static core::Result<std::unique_ptr<SocketPlace>> take(const std::string& path,
                                                                         SocketFolder folder);
    /// Removes the socket's file and the lock file.
    ~SocketPlace();
    SocketPlace(const SocketPlace&) = delete;
    SocketPlace& operator=(const SocketPlace&) = delete;

    /// A socket that listens there, with mode 0600; the caller's to close. Once.
    [[nodiscard]] core::Result<int> listen();

    /// Removes the socket's file, unless somebody has put another one there. Idempotent.
    void remove();

  private:
    SocketPlace(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
    [[nodiscard]] core::Result<void> clear();

    std::string path_;
    int lock_;
    dev_t device_ = 0;  // of the socket's file; inode 0: there is none
    ino_t inode_ = 0;
};

}  // namespace blender_mcpd::transport
