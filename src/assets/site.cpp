#include "site.hpp"

#include <blender_mcpd/assets/assets.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/url.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace blender_mcpd::assets {
namespace {

// Numbers, not "localhost": that is a name, and names can be made to mean something else.
constexpr std::array<std::string_view, 2> loopback_origins{"http://127.0.0.1:", "http://[::1]:"};

/// The scheme, host and port in front of the path.
std::string_view origin_of(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    return url.substr(0, url.find_first_of("/?#", scheme + 3));
}

bool is_loopback_origin(std::string_view origin) {
    for (const auto begin : loopback_origins) {
        if (!origin.starts_with(begin)) continue;
        const auto port = origin.substr(begin.size());
        std::uint16_t number = 0;
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
        return error == std::errc() && end == port.data() + port.size() && number != 0;
    }
    return false;
}

/// What guard::check_public_url refuses in others.
bool is_plain(std::string_view url) {
    constexpr std::size_t longest_url = 8'192;
    return url.size() <= longest_url && std::ranges::all_of(url, [](char c) {
               return c > ' ' && c < 0x7F &&
                      std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
           });
}

}  // namespace

bool is_base(std::string_view url) {
    if (origin_of(url) != url) return false;
    return is_loopback_origin(url) || guard::check_public_url(url).has_value();
}

bool is_provider_url(std::string_view url) {
    return is_base(url);
}

core::Result<Target> check_url(std::string_view url, const Site& site) {
    const auto origin = origin_of(url);
    if (is_loopback_origin(site.base) && origin == site.base && is_plain(url))
        return Target{std::string(origin), Reach::loopback};
    auto hosts = site.hosts;
    if (const auto base = guard::check_public_url(site.base)) hosts.push_back(base->host);
    const auto checked = guard::check_download_url(url, hosts);
    if (!checked)
        return core::Error{core::ErrorCode::invalid,
                           fmt::format("{} may not be fetched: {}", shown(url),
                                       "only https URLs of the provider's own hosts are"),
                           "The provider has moved its files, or its answer was tampered with: "
                           "try another asset or provider"};
    return Target{"https://" + checked->host, Reach::internet};
}

bool may_connect(const boost::asio::ip::address& address, Reach reach) {
    return reach == Reach::loopback ? address.is_loopback() : guard::is_public_address(address);
}

std::string resolve_location(std::string_view url, std::string_view location) {
    const auto scheme = url.substr(0, url.find("://"));
    if (location.find("://") != std::string_view::npos) return std::string(location);
    if (location.starts_with("//")) return fmt::format("{}:{}", scheme, location);
    const auto origin = origin_of(url);
    if (location.starts_with('/')) return fmt::format("{}{}", origin, location);
    const auto path = url.substr(origin.size(), url.find_first_of("?#") - origin.size());
    const auto folder = path.substr(0, path.rfind('/') + 1);
    return fmt::format("{}{}{}", origin, folder.empty() ? "/" : folder, location);
}

std::string shown(std::string_view url) {
    return core::excerpt(url.substr(0, url.find_first_of("?#")), 200);
}

}  // namespace blender_mcpd::assets
