// A client of Streamable HTTP servers, over one connection that stays open; and those servers as
// child processes.
#pragma once

#include "mcp_peer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::bench {

/// `serve` of ours, or a server that prints its port on the first line of its output.
class HttpServer {
  public:
    /// Ours. `command` is that of a daemon on stdio.
    explicit HttpServer(std::vector<std::string> command);
    struct Foreign {
        std::vector<std::string> command;
    };
    explicit HttpServer(Foreign foreign);

    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] pid_t pid() const { return process_.pid(); }

  private:
    int port_;
    McpPeer process_;
};

class HttpPeer {
  public:
    explicit HttpPeer(int port);
    ~HttpPeer();
    HttpPeer(const HttpPeer&) = delete;
    HttpPeer& operator=(const HttpPeer&) = delete;

    /// `initialize` and what belongs to it.
    void open_session();
    /// Throws unless the answer has a result.
    void ask(std::string_view message);

    /// The two halves of ask(): many peers can have a request under way.
    void begin(std::string_view message);
    void finish();
    [[nodiscard]] int fd() const { return fd_; }

  private:
    /// The head and the body of one response.
    std::string read_response();
    std::string& read_more();

    int fd_;
    std::string session_;  // a header line, or empty
    std::string received_;
};

}  // namespace blender_mcpd::bench
