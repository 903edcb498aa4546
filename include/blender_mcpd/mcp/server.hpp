// What all sessions of one daemon share: who we are, what there is, and the tasks that run.
#pragma once

#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/mcp/protocol.hpp>
#include <blender_mcpd/mcp/registry.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
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

inline constexpr core::Metric resources_read{"mcp.resources_read",
                                             "Resources that clients have read"};
inline constexpr core::Metric prompts_got{"mcp.prompts_got", "Prompts that clients were given"};

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
    /// Tasks that are kept, running or ended.
    std::size_t tasks = 256;
    /// How long a task is kept after it was created, at most and when the client does not say.
    std::chrono::milliseconds max_task_ttl = std::chrono::hours(24);
    std::chrono::milliseconds task_ttl = std::chrono::hours(1);
    /// How long a legacy client may take to answer a request of ours, and how often a handler may
    /// ask.
    std::chrono::milliseconds input_timeout = std::chrono::minutes(10);
    int input_rounds = 8;
};

class CallAudit;
class Tasks;
class StateSigner;
/// Encodes a list of what there is.
using ListMembers = std::string (*)(Revision, const Registry&);

class Server {
  public:
    /// `timers` and `metrics` must outlive it.
    Server(core::Timers& timers, core::Metrics& metrics, Implementation implementation,
           std::vector<Tool> tools, ServerLimits limits);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] const Implementation& implementation() const { return implementation_; }
    [[nodiscard]] Registry& registry() { return registry_; }
    [[nodiscard]] const Registry& registry() const { return registry_; }

    /// A new name for each client.
    [[nodiscard]] std::string name_client() { return "client-" + std::to_string(++clients_); }
    [[nodiscard]] const ServerLimits& limits() const { return limits_; }
    [[nodiscard]] core::Timers& timers() const { return timers_; }
    [[nodiscard]] core::Metrics& metrics() const { return metrics_; }

    /// Who is told of tool calls from now on; null: nobody. It must outlive the server, or be taken
    /// back.
    void set_audit(CallAudit* audit) { audit_ = audit; }

    /// Cancels the tasks that run. Returns when they have ended. For shutdown.
    boost::asio::awaitable<void> end_tasks();

    // For the sessions.

    /// The members of a list result for this revision; encoded once.
    [[nodiscard]] const std::string& listed(ListMembers members, Revision revision);
    [[nodiscard]] Tasks& tasks() { return *tasks_; }
    [[nodiscard]] CallAudit* audit() const { return audit_; }
    [[nodiscard]] const StateSigner& signer() const { return *signer_; }

  private:
    core::Timers& timers_;
    core::Metrics& metrics_;
    Implementation implementation_;
    ServerLimits limits_;
    Registry registry_;
    CallAudit* audit_ = nullptr;
    std::unique_ptr<Tasks> tasks_;
    std::unique_ptr<StateSigner> signer_;
    std::map<std::pair<ListMembers, std::string_view>, std::string> listed_;  // by version
    Registry::Observation forget_lists_;
    std::uint64_t clients_ = 0;
};

}  // namespace blender_mcpd::mcp
