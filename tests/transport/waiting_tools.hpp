// Tools that wait, for transports to be tested with.
#pragma once

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/mcp/tool.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace blender_mcpd::transport {

namespace waiting {

using Answer = boost::asio::awaitable<mcp::ToolAnswer>;

inline mcp::ToolResult text(std::string content) {
    mcp::ToolResult result;
    result.content.emplace_back(mcp::TextContent{std::move(content)});
    return result;
}

inline Answer slow(core::Event& gate, mcp::CallContext context) {
    const bool released = co_await gate.wait(context.cancel);
    if (released) co_return text("released");
    co_return mcp::error_result(std::string(core::to_string(context.cancel.reason())));
}

inline Answer deaf(core::Event& gate) {
    co_await gate.wait();
    co_return text("released");
}

inline Answer big(std::size_t size) {
    co_return text(std::string(size, 'x'));
}

inline Answer who(std::string client) {
    co_return text(std::move(client));
}

}  // namespace waiting

/// slow   ends when the gate is set, or when cancelled: then it says why
/// deaf   ends when the gate is set
/// big    returns a megabyte
/// who    returns the client's name
inline std::vector<mcp::Tool> waiting_tools(core::Event& gate) {
    std::vector<mcp::Tool> made(4);
    made[0].name = "slow";
    made[0].handler = [&gate](mcp::CallContext context, core::Json) {
        return waiting::slow(gate, std::move(context));
    };
    made[1].name = "deaf";
    made[1].handler = [&gate](mcp::CallContext, core::Json) { return waiting::deaf(gate); };
    made[2].name = "big";
    made[2].handler = [](mcp::CallContext, core::Json) {
        return waiting::big(std::size_t{1} << 20);
    };
    made[3].name = "who";
    made[3].handler = [](mcp::CallContext context, core::Json) {
        return waiting::who(std::move(context.client));
    };
    return made;
}

inline std::string ping(int id) {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":"ping"})" + "\n";
}
inline std::string pong(int id) {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":{}})";
}
inline std::string call(int id, const std::string& tool) {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
           R"(,"method":"tools/call","params":{"name":")" + tool + "\"}}\n";
}

}  // namespace blender_mcpd::transport
