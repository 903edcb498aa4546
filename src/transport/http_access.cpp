#include "http_access.hpp"

#include "http_sign_in.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/mcp/protocol.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace blender_mcpd::transport::http {

namespace {

constexpr std::array<std::string_view, 3> loopback_names{"localhost", "127.0.0.1", "[::1]"};

bool is_loopback(std::string_view name) {
    return std::ranges::count(loopback_names, name) > 0;
}

struct Authority {
    std::string name;  // in lower case; an IPv6 address with its brackets
    std::string port;  // may be empty
};

std::optional<Authority> read_authority(std::string_view text) {
    const auto bracket = text.starts_with('[') ? text.find(']') : 0;
    if (bracket == std::string_view::npos) return std::nullopt;
    const auto colon = text.find(':', bracket);
    Authority authority{core::lower_case(text.substr(0, colon)), {}};
    if (colon == std::string_view::npos) return authority;
    authority.port = std::string(text.substr(colon + 1));
    if (authority.port.empty() || authority.port.size() > 5 ||
        authority.port.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    return authority;
}

/// "application/json; charset=utf-8" is application/json.
std::string media_type(std::string_view value) {
    return core::lower_case(core::trimmed(value.substr(0, value.find(';'))));
}

bool accepts(const Request& request, std::string_view wanted) {
    const auto family = std::string(wanted.substr(0, wanted.find('/'))) + "/*";
    for (const auto& [name, value] : request.headers) {
        if (name != "accept") continue;
        for (std::string_view rest = value; !rest.empty();) {
            const auto comma = rest.find(',');
            const auto range = media_type(rest.substr(0, comma));
            if (range == wanted || range == family || range == "*/*") return true;
            rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
        }
    }
    return false;
}

Response wrong_method(std::string_view allowed) {
    auto response = refusal(405, "method", "This method is not allowed here");
    response.headers.push_back({"Allow", std::string(allowed)});
    return response;
}

Response unauthorized() {
    auto response = refusal(401, "token",
                            "A bearer token is required: send the content of the token file as "
                            "Authorization: Bearer <token>");
    // No resource_metadata: clients would start an OAuth flow that is not there.
    response.headers.push_back({"WWW-Authenticate", "Bearer"});
    return response;
}

std::optional<Response> refuse_mcp(const Request& request) {
    const bool post = request.method == "POST";
    if (!post && claims_modern(request)) return wrong_method("POST");
    if (!post && request.method != "GET" && request.method != "DELETE")
        return wrong_method("GET, POST, DELETE");
    if (request.method == "DELETE") return std::nullopt;
    if (!accepts(request, "text/event-stream") || (post && !accepts(request, "application/json")))
        return refusal(406, "accept",
                       post ? "Accept must list application/json and text/event-stream"
                            : "Accept must list text/event-stream");
    if (post && media_type(request.header("content-type").value_or("")) != "application/json")
        return refusal(415, "content_type", "Content-Type must be application/json");
    return std::nullopt;
}

// More than a token takes; who sends it need not have shown one.
constexpr std::size_t longest_form = 4'096;

Response ask_to_sign_in() {
    Response response;
    response.status = 303;
    response.headers = {{"Location", std::string(sign_in_path)}, {"Cache-Control", "no-store"}};
    response.refused = "sign_in";
    return response;
}

// Another port is the same site to a browser, and an allowed origin may not do this either.
bool is_of_our_pages(const Request& request) {
    const auto from = request.header("sec-fetch-site");
    if (from && *from != "same-origin") return false;
    const auto origin = request.header("origin");
    if (!origin) return true;
    const auto host = core::lower_case(request.header("host").value_or(""));
    const auto given = core::lower_case(*origin);
    return given == "http://" + host || given == "https://" + host;
}

std::optional<Response> refuse_form(const Request& request) {
    const bool signs_in = request.path == sign_in_path;
    if (signs_in && (request.method == "GET" || request.method == "HEAD")) return std::nullopt;
    if (request.method != "POST") return wrong_method(signs_in ? "GET, HEAD, POST" : "POST");
    if (!is_of_our_pages(request))
        return refusal(403, "origin", "Forms are taken from our own pages only");
    const auto length = request.header("content-length").value_or("0");
    if (request.header("transfer-encoding") || length.size() > 4 ||
        std::stoul('0' + std::string(length)) > longest_form)
        return refusal(413, "too_large", "The form is too long");
    if (signs_in && media_type(request.header("content-type").value_or("")) !=
                        "application/x-www-form-urlencoded")
        return refusal(415, "content_type",
                       "Content-Type must be application/x-www-form-urlencoded");
    return std::nullopt;
}

std::optional<Response> refuse_page(const Request& request, const HttpOptions& options,
                                    bool signed_in) {
    if (request.path == sign_in_path || request.path == sign_out_path) return refuse_form(request);
    if (request.method != "GET" && request.method != "HEAD") return wrong_method("GET, HEAD");
    const auto kind = options.site->kind(request.path);
    if (kind == Site::Kind::open || options.token.empty() || signed_in ||
        token_matches(request.header("authorization").value_or(""), options.token))
        return std::nullopt;
    return kind == Site::Kind::page ? ask_to_sign_in() : unauthorized();
}

}  // namespace

Response nothing_here() {
    return refusal(404, "path", "There is nothing here; MCP is at /mcp");
}

bool is_page(std::string_view path, const HttpOptions& options) {
    if (options.site == nullptr) return false;
    return path == sign_in_path || path == sign_out_path ||
           options.site->kind(path) != Site::Kind::none;
}

bool host_allowed(std::string_view host, const HttpOptions& options) {
    const auto asked = read_authority(host);
    if (!asked) return false;
    // An address cannot be rebound, so the one that we were told to listen on is fine.
    if (is_loopback(asked->name) || asked->name == options.host ||
        asked->name == '[' + options.host + ']')
        return true;
    return std::ranges::any_of(options.allowed_hosts, [&](const std::string& text) {
        const auto allowed = read_authority(text);
        return allowed && allowed->name == asked->name &&
               (allowed->port.empty() || allowed->port == asked->port);
    });
}

bool origin_allowed(std::string_view origin, const HttpOptions& options) {
    const auto asked = core::lower_case(origin);
    if (std::ranges::any_of(options.allowed_origins, [&](const std::string& allowed) {
            return core::lower_case(allowed) == asked;
        }))
        return true;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!asked.starts_with(scheme)) continue;
        const auto authority = read_authority(std::string_view(asked).substr(scheme.size()));
        return authority && is_loopback(authority->name);
    }
    return false;
}

bool token_matches(std::string_view authorization, std::string_view token) {
    constexpr std::string_view scheme = "bearer ";
    if (core::lower_case(authorization.substr(0, scheme.size())) != scheme) return false;
    const auto given = core::trimmed(authorization.substr(scheme.size()));
    return same_secret(given, token);
}

bool claims_modern(const Request& request) {
    const auto version = request.header("mcp-protocol-version");
    return version && *version >= mcp::modern_versions.back();
}

std::optional<Response> refuse(const Request& request, const HttpOptions& options, bool signed_in) {
    if (!host_allowed(request.header("host").value_or(""), options))
        return refusal(403, "host",
                       "The Host header names another host; add it to http.allowed_hosts if it is "
                       "yours");
    const auto origin = request.header("origin");
    if (origin && !origin_allowed(*origin, options))
        return refusal(403, "origin",
                       "Pages of this origin are not allowed; add it to http.allowed_origins if it "
                       "is yours");
    if (is_page(request.path, options)) return refuse_page(request, options, signed_in);
    const bool probe = request.path == health_path || request.path == ready_path;
    const bool metrics = request.path == metrics_path && options.metrics_text;
    if (!probe && !metrics && request.path != mcp_path) return nothing_here();
    const bool open = probe || options.token.empty() || (metrics && options.open_metrics);
    if (!open && !token_matches(request.header("authorization").value_or(""), options.token))
        return unauthorized();
    if (request.path == mcp_path) return refuse_mcp(request);
    if (request.method != "GET") return wrong_method("GET");
    return std::nullopt;
}

}  // namespace blender_mcpd::transport::http
