// HTTP/1.1 requests and responses as the rest of the transport sees them (RFC 9110, RFC 9112).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::transport::http {

struct Header {
    std::string name;
    std::string value;
};

struct Request {
    std::string method;
    std::string path;             // without the query
    std::vector<Header> headers;  // names in lower case, values without surrounding white space
    std::string body;
    bool http_1_0 = false;
    bool keep_alive = true;  // what the client wants

    /// The first of that name; `name` in lower case.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

struct Response {
    unsigned status = 200;
    std::string content_type{};  // empty: no body
    std::string body{};
    std::vector<Header> headers{};
    /// Why nothing was done, for the metric; empty when something was.
    std::string_view refused{};
};

/// What is wrong, as a JSON-RPC error without an id: for messages that no session has seen.
[[nodiscard]] Response refusal(unsigned status, std::string_view reason, std::string_view message);
[[nodiscard]] Response plain_text(unsigned status, std::string text);

/// How the end of a body is known.
enum class Framing {
    length,   // Content-Length
    chunked,  // chunks
    close,    // the end of the connection: for HTTP/1.0
};

/// Status line and headers, with the empty line after them.
[[nodiscard]] std::string render_head(const Response& response, Framing framing, bool keep_alive);

/// What stands before a chunk of that size, not 0, and what after it.
[[nodiscard]] std::string chunk_begin(std::size_t size);
inline constexpr std::string_view chunk_end = "\r\n";
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

}  // namespace blender_mcpd::transport::http
