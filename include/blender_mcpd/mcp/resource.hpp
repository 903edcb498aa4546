// Resources and templates of them (server/resources).
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

/// Contents, never empty; a question; or an error: RpcCode::resource_not_found when there is no
/// such resource.
using ResourceAnswer = std::variant<std::vector<ResourceContents>, InputRequired, RpcError>;

[[nodiscard]] RpcError resource_not_found(std::string_view uri);

struct ResourceRequest {
    std::string uri;
    std::map<std::string, std::string> variables;  // of the template; percent-decoded
};

using ResourceReader =
    std::function<boost::asio::awaitable<ResourceAnswer>(CallContext, ResourceRequest)>;

struct Resource {
    std::string uri;
    std::string name;
    std::string title;
    std::string description;
    std::string mime_type;
    ResourceReader read;
};

/// RFC 6570, level 1: variables {name} that match a path segment, or a part of one, each.
struct ResourceTemplate {
    std::string uri_template;
    std::string name;
    std::string title;
    std::string description;
    std::string mime_type;
    ResourceReader read;
    Completer complete{};  // may be empty
};

/// The variables, percent-decoded; nullopt when `uri` is none of that template.
[[nodiscard]] std::optional<std::map<std::string, std::string>> match_template(
    std::string_view uri_template, std::string_view uri);

/// `text` as a value in a URI: everything but letters, digits and -._~ is escaped (RFC 6570 3.2.2,
/// simple string expansion).
[[nodiscard]] std::string percent_encoded(std::string_view text);

/// The same text for all ways in which one URI can be escaped; no URI itself. For comparing.
[[nodiscard]] std::string comparable_uri(std::string_view uri);

}  // namespace blender_mcpd::mcp
