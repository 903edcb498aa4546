// Prompts (server/prompts).
#pragma once

#include <blender_mcpd/mcp/completion.hpp>
#include <blender_mcpd/mcp/content.hpp>
#include <blender_mcpd/mcp/protocol.hpp>

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace blender_mcpd::mcp {

struct PromptMessage {
    std::string role = "user";  // or "assistant"
    Content content;
};

struct PromptResult {
    std::string description;
    std::vector<PromptMessage> messages;
};

using PromptAnswer = std::variant<PromptResult, InputRequired, RpcError>;

using PromptHandler = std::function<boost::asio::awaitable<PromptAnswer>(
    CallContext, std::map<std::string, std::string> arguments)>;

struct PromptArgument {
    std::string name;
    std::string title;
    std::string description;
    bool required = false;
};

struct Prompt {
    std::string name;
    std::string title;
    std::string description;
    std::vector<PromptArgument> arguments;
    PromptHandler handler;  // required arguments are there
    Completer complete{};   // may be empty
};

}  // namespace blender_mcpd::mcp
