// What the official conformance suite expects a server to offer, registered through the same
// registry as the product's own tools.
#pragma once

#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/mcp/registry.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace blender_mcpd::conformance {

void add_content_tools(mcp::Registry& registry, core::Timers& timers);
void add_asking_tools(mcp::Registry& registry);
void add_multi_round_tools(mcp::Registry& registry);
void add_task_tools(mcp::Registry& registry, core::Timers& timers);
void add_resources(mcp::Registry& registry);
void add_prompts(mcp::Registry& registry);

using Answer = boost::asio::awaitable<mcp::ToolAnswer>;
using Handler = std::function<Answer(mcp::CallContext, core::Json)>;

/// A tool without arguments, unless `properties` says otherwise; all of them are optional.
[[nodiscard]] mcp::Tool tool(std::string name, std::string description, Handler handler,
                             core::Json properties = core::Json::object());

[[nodiscard]] mcp::ToolResult text(std::string content);

/// Waits, or until it is cancelled.
boost::asio::awaitable<void> pause(core::Timers& timers, std::chrono::milliseconds time,
                                   core::CancelToken cancel);

/// The member of an accepted form; empty when there is none.
[[nodiscard]] std::string form_text(const mcp::CallContext& context, const std::string& key,
                                    const std::string& member);
/// A form with one required text.
[[nodiscard]] mcp::InputRequest ask_text(std::string message, const std::string& member);

extern const std::string tiny_png;
extern const std::string tiny_wav;

}  // namespace blender_mcpd::conformance
