// A blocking MCP client for measurements: a server process and the lines to and from it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace blender_mcpd::bench {

class McpPeer {
  public:
    /// Starts the program; throws std::runtime_error when that fails.
    explicit McpPeer(std::vector<std::string> arguments);
    /// Closes its input, asks it to end, and waits for that.
    ~McpPeer();
    McpPeer(McpPeer&& other) noexcept;
    McpPeer(const McpPeer&) = delete;
    McpPeer& operator=(McpPeer&&) = delete;
    McpPeer& operator=(const McpPeer&) = delete;

    void send(std::string_view line_with_break);
    /// The next line of the server; valid until the next call. Throws when the server ends.
    std::string_view receive_line();
    /// The next one that is no notification and no request of its own.
    std::string_view receive();
    std::string_view ask(std::string_view line_with_break) {
        send(line_with_break);
        return receive();
    }
    std::string_view ask_line(std::string_view line_with_break) {
        send(line_with_break);
        return receive_line();
    }
    /// Whether another whole line is there already.
    [[nodiscard]] bool has_more() const {
        return received_.find('\n', begin_) != std::string::npos;
    }
    [[nodiscard]] pid_t pid() const { return server_; }

  private:
    pid_t server_ = -1;
    int to_server_ = -1;
    int from_server_ = -1;
    std::string received_;
    std::size_t begin_ = 0;
};

}  // namespace blender_mcpd::bench
