#include "host_name.hpp"
#include "unicode.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/url.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace blender_mcpd::guard {
namespace {

constexpr std::size_t longest_url = 8'192;  // bytes; servers answer 414 to longer ones

core::Error refused(std::string message, std::string remedy = {}) {
    return {core::ErrorCode::invalid,
            std::move(message),
            std::move(remedy),
            core::Outcome::not_applied,
            {}};
}

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

/// What RFC 3986 allows in a URL as it is sent; other readers disagree about the rest ("\" is "/"
/// to some, a tab is nothing).
bool is_plain(char c) {
    return c > ' ' && c < 0x7F && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
}

bool is_allowed(std::string_view host, std::span<const std::string> allowed) {
    return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& entry) {
        return entry.starts_with('.') ? host.size() > entry.size() && host.ends_with(entry)
                                      : host == entry;
    });
}

core::Error bad_url(std::string_view url, std::string_view what) {
    return refused(fmt::format("the URL {} {}", core::excerpt(url), what),
                   "Only https URLs of known hosts are fetched");
}

}  // namespace

core::Result<std::string> percent_encode(std::string_view text) {
    if (!decode_utf8(text))
        return refused("\"" + core::excerpt(text) + "\" is not valid UTF-8", "Send it as UTF-8");
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4U];
        out += digits[byte & 0xFU];
    }
    return out;
}

UrlBuilder::UrlBuilder(std::string_view host) : url_("https://" + std::string(host)) {
    if (const auto* why = refuse_host(host)) error_ = bad_url(url_, why);
}

UrlBuilder UrlBuilder::at(std::string_view origin) {
    UrlBuilder builder;
    builder.url_ = origin;
    return builder;
}

std::string UrlBuilder::encoded(std::string_view text) {
    auto out = percent_encode(text);
    if (out) return std::move(*out);
    if (!error_) error_ = out.error();
    return {};
}

UrlBuilder& UrlBuilder::segment(std::string_view text) {
    if (!error_ && (text.empty() || text == "." || text == ".."))
        error_ = refused("\"" + std::string(text) + "\" cannot be a part of a URL's path");
    url_ += '/';
    url_ += encoded(text);
    return *this;
}

UrlBuilder& UrlBuilder::query(std::string_view name, std::string_view value) {
    query_ += query_.empty() ? '?' : '&';
    query_ += encoded(name);
    query_ += '=';
    query_ += encoded(value);
    return *this;
}

core::Result<std::string> UrlBuilder::build() const {
    if (error_) return *error_;
    return url_ + query_;
}

core::Result<DownloadUrl> check_public_url(std::string_view url) {
    constexpr std::string_view scheme = "https://";
    if (url.size() > longest_url)
        return bad_url(url, fmt::format("is longer than {} bytes", longest_url));
    if (!std::all_of(url.begin(), url.end(), is_plain))
        return bad_url(url, "holds characters that a URL cannot have");
    if (core::lower_case(url.substr(0, scheme.size())) != scheme)
        return bad_url(url, "is not https");
    const auto rest = url.substr(scheme.size());
    const auto end = std::min(rest.find_first_of("/?#"), rest.size());
    const auto authority = rest.substr(0, end);
    if (authority.find('@') != std::string_view::npos) return bad_url(url, "holds user info");
    if (authority.starts_with('[')) return bad_url(url, "has an IP address as its host");
    const auto colon = std::min(authority.find(':'), authority.size());
    if (colon < authority.size() && authority.substr(colon) != ":443")
        return bad_url(url, "names a port other than 443");
    auto host = core::lower_case(authority.substr(0, colon));
    if (const auto* why = refuse_host(host)) return bad_url(url, why);
    const auto path = rest.substr(end, rest.find('#', end) - end);
    return DownloadUrl{std::move(host), (path.starts_with('/') ? "" : "/") + std::string(path)};
}

core::Result<DownloadUrl> check_download_url(std::string_view url,
                                             std::span<const std::string> allowed_hosts) {
    auto checked = check_public_url(url);
    if (checked && !is_allowed(checked->host, allowed_hosts))
        return bad_url(url, "is of a host that is not allowed");
    return checked;
}

}  // namespace blender_mcpd::guard
