#include "http_message.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/mcp/protocol.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace blender_mcpd::transport::http {

namespace {

std::string_view phrase(unsigned status) {
    switch (status) {
        case 200:
            return "OK";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 406:
            return "Not Acceptable";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 413:
            return "Content Too Large";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 503:
            return "Service Unavailable";
        default:
            return "Unknown";
    }
}

}  // namespace

std::optional<std::string_view> Request::header(std::string_view name) const {
    const auto found = std::ranges::find(headers, name, &Header::name);
    if (found == headers.end()) return std::nullopt;
    return found->value;
}

Response refusal(unsigned status, std::string_view reason, std::string_view message) {
    Response response;
    response.status = status;
    response.content_type = "application/json";
    response.body =
        fmt::format(R"({{"jsonrpc":"2.0","error":{{"code":{},"message":{}}}}})",
                    static_cast<int>(mcp::RpcCode::invalid_request), core::quoted(message));
    response.refused = reason;
    return response;
}

Response plain_text(unsigned status, std::string text) {
    Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(text);
    return response;
}

std::string render_head(const Response& response, Framing framing, bool keep_alive) {
    std::string out = fmt::format("HTTP/1.1 {} {}\r\n", response.status, phrase(response.status));
    if (!response.content_type.empty())
        out += fmt::format("Content-Type: {}\r\n", response.content_type);
    if (framing == Framing::chunked) out += "Transfer-Encoding: chunked\r\n";
    // A 204 has no body and must not say how long it is, nor a 304 how long another one would be
    // (RFC 9110, 8.6).
    if (framing == Framing::length && response.status != 204 && response.status != 304)
        out += fmt::format("Content-Length: {}\r\n", response.body.size());
    for (const auto& [name, value] : response.headers)
        out += fmt::format("{}: {}\r\n", name, value);
    out += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return out;
}

std::string chunk_begin(std::size_t size) {
    return fmt::format("{:x}\r\n", size);
}

}  // namespace blender_mcpd::transport::http
