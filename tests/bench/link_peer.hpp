// The smallest client of the native wire (docs/link.md): a runtime in a Blender of its own, and one
// blocking socket to it.
#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>

namespace blender_mcpd::bench {

class LinkPeer {
  public:
    /// Starts Blender with the runtime that lies in `runtime_folder`; throws std::runtime_error
    /// when that fails.
    LinkPeer(const std::string& blender, const std::string& runtime_folder);
    ~LinkPeer();
    LinkPeer(const LinkPeer&) = delete;
    LinkPeer& operator=(const LinkPeer&) = delete;

    /// Sends one JSON frame and waits for one.
    std::string ask(std::string_view json);

  private:
    void connect_to(int port, const std::string& token);
    [[nodiscard]] std::string read_frame();
    void write_frame(std::string_view json) const;

    pid_t blender_ = -1;
    int input_ = -1;
    int socket_ = -1;
};

}  // namespace blender_mcpd::bench
