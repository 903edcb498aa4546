#include "state_signer.hpp"
#include "tasks.hpp"

#include <blender_mcpd/mcp/server.hpp>

namespace blender_mcpd::mcp {

Server::Server(core::Timers& timers, core::Metrics& metrics, Implementation implementation,
               std::vector<Tool> tools, ServerLimits limits)
    : timers_(timers),
      metrics_(metrics),
      implementation_(std::move(implementation)),
      limits_(limits),
      tasks_(std::make_unique<Tasks>(timers, metrics, registry_, limits)),
      signer_(std::make_unique<StateSigner>(timers)) {
    for (const auto& metric : {resources_read, prompts_got})
        metrics.declare(metric);
    for (auto& tool : tools)
        registry_.add(std::move(tool));
    forget_lists_ = registry_.observe([this](const Change& change) {
        if (change.kind < Change::Kind::resource) listed_.clear();
    });
}

Server::~Server() = default;

const std::string& Server::listed(ListMembers members, Revision revision) {
    auto& text = listed_[{members, revision.version}];
    if (text.empty()) text = members(revision, registry_);
    return text;
}

boost::asio::awaitable<void> Server::end_tasks() {
    return tasks_->end();
}

ToolResult error_result(std::string text) {
    ToolResult result;
    result.content.emplace_back(TextContent{std::move(text)});
    result.is_error = true;
    return result;
}

}  // namespace blender_mcpd::mcp
