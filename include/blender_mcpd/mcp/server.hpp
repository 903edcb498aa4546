// What all sessions of one daemon share: who we are and which tools there are. Immutable once
// built.
#pragma once

#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/mcp/protocol.hpp>
#include <blender_mcpd/mcp/tool.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::mcp {

inline constexpr core::Metric requests_received{"mcp.requests", "Requests from clients"};
inline constexpr core::Metric errors_sent{"mcp.errors", "Protocol errors sent to clients"};
inline constexpr core::Metric calls_in_flight{"mcp.calls_in_flight", "Tool calls that run or wait",
                                              core::MetricKind::gauge};
inline constexpr core::Metric tool_calls{"mcp.tool_calls", "Tool calls that were answered",
                                         core::MetricKind::counter, "tool"};
inline constexpr core::Metric tool_failures{"mcp.tool_failures",
                                            "Tool calls that were answered with an isError result",
                                            core::MetricKind::counter, "tool"};
inline constexpr core::Metric tool_duration_ms{"mcp.tool_duration_ms",
                                               "Milliseconds from a tool call to its answer",
                                               core::MetricKind::histogram, "tool"};

struct Implementation {
    std::string name;
    std::string title;
    std::string version;
    std::string instructions;  // for the model: how to use this server
};

struct ServerLimits {
    /// Tool calls at once in one session: bounds the memory that a client can take. How many of
    /// them may do something is for the tools to limit.
    std::size_t in_flight = 4'096;
};

class Server {
  public:
    /// `timers` and `metrics` must outlive it. Tool names must be unique.
    Server(core::Timers& timers, core::Metrics& metrics, Implementation implementation,
           std::vector<Tool> tools, ServerLimits limits);

    [[nodiscard]] const Implementation& implementation() const { return implementation_; }
    [[nodiscard]] const std::vector<Tool>& tools() const { return tools_; }
    [[nodiscard]] const Tool* find_tool(std::string_view name) const;
    /// The members of a tools/list result for this revision; encoded once.
    [[nodiscard]] const std::string& listed_tools(Revision revision) const;
    /// A new name for each client.
    [[nodiscard]] std::string name_client() const { return "client-" + std::to_string(++clients_); }
    [[nodiscard]] const ServerLimits& limits() const { return limits_; }
    [[nodiscard]] core::Timers& timers() const { return timers_; }
    [[nodiscard]] core::Metrics& metrics() const { return metrics_; }

  private:
    core::Timers& timers_;
    core::Metrics& metrics_;
    Implementation implementation_;
    std::vector<Tool> tools_;
    ServerLimits limits_;
    mutable std::map<std::string_view, std::string> listed_tools_;  // by version
    mutable std::uint64_t clients_ = 0;
};

}  // namespace blender_mcpd::mcp
