// A small, blocking MCP client over stdio, for the demo: one request at a time to a server that it
// starts itself.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

namespace blender_mcpd::app {

class StdioClient {
  public:
    using OnProgress = std::function<void(double value, double total, const std::string& message)>;

    /// Starts the program ([0] is its path); its standard error stays ours.
    [[nodiscard]] static core::Result<std::unique_ptr<StdioClient>> start(
        std::vector<std::string> arguments);
    /// Closes the server's input and waits until it has ended (killed after 5 s).
    ~StdioClient();
    StdioClient(const StdioClient&) = delete;
    StdioClient& operator=(const StdioClient&) = delete;

    /// initialize and notifications/initialized (2025-11-25 basic/lifecycle). Returns the server's
    /// result.
    [[nodiscard]] core::Result<core::Json> initialize();

    /// tools/call. The result object; an isError result is an error with its text as message.
    [[nodiscard]] core::Result<core::Json> call_tool(const std::string& name, core::Json arguments,
                                                     const OnProgress& on_progress = {});

  private:
    StdioClient(pid_t server, int to_server, int from_server)
        : server_(server), to_server_(to_server), from_server_(from_server) {}
    [[nodiscard]] core::Result<core::Json> request(const std::string& method, core::Json params,
                                                   const OnProgress& on_progress);
    [[nodiscard]] core::Result<void> send(const core::Json& message);
    [[nodiscard]] core::Result<std::string> read_line(
        std::chrono::steady_clock::time_point deadline);

    pid_t server_;
    int to_server_;
    int from_server_;
    std::string received_;
    std::int64_t last_id_ = 0;
};

}  // namespace blender_mcpd::app
