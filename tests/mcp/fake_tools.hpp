// Tools without a Blender, for sessions to call.
#pragma once

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/mcp/tool.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::mcp {

class FakeTools {
  public:
    explicit FakeTools(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// All of them, in this order:
    /// instant        returns its arguments as structured content
    /// plain          returns a text with a line break
    /// broken_lines   returns structured content with line breaks between its tokens
    /// image          returns a text and an image
    /// failing        returns an isError result
    /// throwing       throws
    /// slow           ends when released, or when cancelled
    /// deaf           ends when released; does not hear a cancellation
    /// nervous        waits like slow, and throws when it is cancelled
    /// progress       reports some steps, waits like slow, reports one more
    [[nodiscard]] std::vector<Tool> all();

    /// Lets the waiting calls of that tool end.
    void release(const std::string& tool);
    /// Lets those wait again that come from now on.
    void hold(const std::string& tool);

    /// What the handlers were called with.
    std::vector<CallContext> contexts;

  private:
    using Body = boost::asio::awaitable<ToolAnswer> (*)(core::Event& gate, CallContext context,
                                                        core::Json arguments);
    Tool make(std::string name, Body body);
    [[nodiscard]] core::Event& gate(const std::string& tool);

    boost::asio::any_io_executor executor_;
    std::map<std::string, std::unique_ptr<core::Event>> gates_;
};

}  // namespace blender_mcpd::mcp
