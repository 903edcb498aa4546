// Completion of one argument of a prompt or of a resource template (server/utilities/completion).
#pragma once

#include <blender_mcpd/mcp/call.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace blender_mcpd::mcp {

/// More values are never sent.
inline constexpr std::size_t max_completions = 100;

struct CompletionRequest {
    std::string argument;                          // its name
    std::string value;                             // what has been typed so far
    std::map<std::string, std::string> arguments;  // what is known of the others
};

struct Completion {
    std::vector<std::string> values;   // the best first
    std::optional<std::size_t> total;  // of all that there are, when known
};

/// Empty when nothing fits: completion is no place for errors.
using Completer = std::function<boost::asio::awaitable<Completion>(CallContext, CompletionRequest)>;

}  // namespace blender_mcpd::mcp
