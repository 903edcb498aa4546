// URLs that leave the daemon: built so that no input can change which request is made, and checked
// before anything that a server told us is fetched.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace blender_mcpd::guard {

/// Every byte but the unreserved of RFC 3986 (letters, digits, "-._~") becomes %XX, also !'()*.
/// Fails (ErrorCode::invalid) on invalid UTF-8. Not idempotent: encode exactly once, when the URL
/// is built.
[[nodiscard]] core::Result<std::string> percent_encode(std::string_view text);

/// Builds "https://host/segment?name=value". Takes raw text and encodes it once.
class UrlBuilder {
  public:
    /// `host` comes from our code, never from input.
    explicit UrlBuilder(std::string_view host);
    /// Below a scheme and authority ("http://127.0.0.1:8080"), which come from our code or from a
    /// checked setting.
    [[nodiscard]] static UrlBuilder at(std::string_view origin);

    /// One part of the path. "", "." and ".." are refused: they would lead elsewhere.
    UrlBuilder& segment(std::string_view text);
    UrlBuilder& query(std::string_view name, std::string_view value);

    /// The first thing that was refused (ErrorCode::invalid), else the URL.
    [[nodiscard]] core::Result<std::string> build() const;

  private:
    UrlBuilder() = default;
    [[nodiscard]] std::string encoded(std::string_view text);

    std::string url_;
    std::string query_;
    std::optional<core::Error> error_;
};

struct DownloadUrl {
    std::string host;    // in lower case; the port is 443
    std::string target;  // path and query as they came, from "/" on, without the fragment
};

/// A URL that may be fetched, if its host is trusted: https, port 443, a public host name. Refuses
/// (ErrorCode::invalid) user info, IP addresses in any notation, local names, control characters
/// and whatever else is not a plain absolute URL. What the name resolves to must still be judged by
/// is_public_address.
[[nodiscard]] core::Result<DownloadUrl> check_public_url(std::string_view url);

/// For URLs that a server named, also in redirects: the same, of an allowed host. "example.org"
/// allows that host, ".example.org" every host below it.
[[nodiscard]] core::Result<DownloadUrl> check_download_url(
    std::string_view url, std::span<const std::string> allowed_hosts);

/// False for every address that is not on the public Internet: private, loopback, link-local,
/// shared (CGNAT), multicast, documentation, benchmarking, unique-local, reserved; IPv4-mapped;
/// 6to4 and NAT64 when the IPv4 address in them is not public (IANA special-purpose registries, RFC
/// 6890). To be asked after name resolution about the very address that is connected to.
[[nodiscard]] bool is_public_address(const boost::asio::ip::address& address);

}  // namespace blender_mcpd::guard
