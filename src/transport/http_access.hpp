// Who may ask what: the judgement of a request's head, before its body is taken. Sans-IO.
#pragma once

#include "http_message.hpp"

#include <blender_mcpd/transport/http.hpp>

#include <optional>
#include <string_view>

namespace blender_mcpd::transport::http {

inline constexpr std::string_view mcp_path = "/mcp";
inline constexpr std::string_view health_path = "/healthz";
inline constexpr std::string_view ready_path = "/readyz";
inline constexpr std::string_view metrics_path = "/metrics";

/// Against DNS rebinding: the value of Host must be loopback, the address we listen on, or one of
/// the allowed ones.
[[nodiscard]] bool host_allowed(std::string_view host, const HttpOptions& options);
/// Against pages in the user's browser: the value of Origin must be a loopback one of whatever
/// port, or one of the allowed ones.
[[nodiscard]] bool origin_allowed(std::string_view origin, const HttpOptions& options);
/// Takes the same time wherever the difference is.
[[nodiscard]] bool token_matches(std::string_view authorization, std::string_view token);

/// The version header of a revision without sessions, or of one that we have never heard of and
/// that is later.
[[nodiscard]] bool claims_modern(const Request& request);

/// Why the request is not served, or nothing.
/// `signed_in`: with a browser that has shown the token.
[[nodiscard]] std::optional<Response> refuse(const Request& request, const HttpOptions& options,
                                             bool signed_in = false);

[[nodiscard]] Response nothing_here();

/// Whether it is for Pages.
[[nodiscard]] bool is_page(std::string_view path, const HttpOptions& options);

}  // namespace blender_mcpd::transport::http
