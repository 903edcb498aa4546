// What results and messages are made of (server/tools, server/resources, server/prompts).
#pragma once

#include <string>
#include <variant>
#include <vector>

namespace blender_mcpd::mcp {

struct TextContent {
    std::string text;
};

struct ImageContent {
    std::string bytes;      // raw, encoded as base64 when the reply is written
    std::string mime_type;  // "image/png"
};

/// For revisions that have no audio, a text says that it was left out.
struct AudioContent {
    std::string bytes;      // raw
    std::string mime_type;  // "audio/wav"
};

/// For revisions that have no links, a text with the URI takes its place.
struct ResourceLink {
    std::string uri;
    std::string name;
    std::string description{};
    std::string mime_type{};
};

/// The contents of a resource: text, or bytes that are sent as base64.
struct ResourceContents {
    std::string uri;
    std::string mime_type;
    std::string data;
    bool binary = false;
};

using Content =
    std::variant<TextContent, ImageContent, AudioContent, ResourceLink, ResourceContents>;

}  // namespace blender_mcpd::mcp
