// Which servers belong to a provider: what may be asked for, also by a redirect, and which
// addresses that may lead to.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <boost/asio/ip/address.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::assets {

/// Where a request goes to.
enum class Reach {
    internet,  // public addresses alone
    loopback,  // this machine alone
};

struct Site {
    /// "https://api.example.org", or the origin of a server on this machine:
    /// "http://127.0.0.1:8080".
    std::string base;
    /// As guard::check_download_url() has them, besides the host of `base`.
    std::vector<std::string> hosts;
};

struct Target {
    std::string origin;  // scheme, host and port
    Reach reach = Reach::internet;
};

/// Whether it can be the base of a site: https and a public host, or plain http to a loopback
/// address with a port; no path.
[[nodiscard]] bool is_base(std::string_view url);

/// What the site has to do with that URL. Errors: invalid, when it may not be asked.
[[nodiscard]] core::Result<Target> check_url(std::string_view url, const Site& site);

/// Asked after name resolution about the very address that is connected to.
[[nodiscard]] bool may_connect(const boost::asio::ip::address& address, Reach reach);

/// What a Location header means that came with the answer to `url`; still to be checked.
[[nodiscard]] std::string resolve_location(std::string_view url, std::string_view location);

/// For messages: without the query, which may hold a signature.
[[nodiscard]] std::string shown(std::string_view url);

}  // namespace blender_mcpd::assets
