#include "setting_rules.hpp"

#include "assignment.hpp"

#include <blender_mcpd/assets/assets.hpp>
#include <blender_mcpd/guard/script_policy.hpp>
#include <blender_mcpd/tools/tools.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace blender_mcpd::app {
namespace {

/// An IP address, or something that can be a host name. No URL and no "host:port".
bool is_host(const Value& value) {
    const auto& host = std::get<std::string>(value);
    boost::system::error_code error;
    boost::asio::ip::make_address(host, error);
    if (!error) return true;
    constexpr std::size_t longest_name = 253;  // of the domain name system
    constexpr std::string_view digits_and_dot = "0123456789.";
    constexpr std::string_view allowed_characters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    return !host.empty() && host.size() <= longest_name &&
           host.find_first_not_of(allowed_characters) == std::string::npos &&
           host.find_first_not_of(digits_and_dot) != std::string::npos;  // else a mistyped address
}

bool is_listen_address(const Value& value) {
    const auto& host = std::get<std::string>(value);
    boost::system::error_code error;
    boost::asio::ip::make_address(host, error);
    return !error || host == "localhost";
}

bool is_absolute_or_empty(const Value& value) {
    const auto& path = std::get<std::string>(value);
    return path.empty() || path.front() == '/';
}

bool is_memory_limit(const Value& value) {
    constexpr std::int64_t least_that_starts = 800;
    const auto limit = std::get<std::int64_t>(value);
    return limit == -1 || limit == 0 || limit >= least_that_starts;
}

bool is_patience(const Value& value) {
    const auto seconds = std::get<double>(value);
    return seconds == -1 || seconds >= 0;
}

bool all(const Value& value, bool (*accepts)(const std::string&)) {
    return std::ranges::all_of(std::get<List>(value), accepts);
}

bool are_tool_limits(const Value& value) {
    return all(value, [](const std::string& text) {
        const auto limit = read_assignment(text);
        return limit && std::ranges::count(tools::tool_names(), limit->name) == 1 &&
               read_count(limit->value);
    });
}

bool are_tools(const Value& value) {
    return all(value, [](const std::string& name) {
        return std::ranges::count(tools::tool_names(), name) == 1;
    });
}

bool are_modules(const Value& value) {
    return all(value, [](const std::string& name) {
        return name.find_first_not_of(
                   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") ==
               std::string::npos;
    });
}

bool are_sha256(const Value& value) {
    return all(value, [](const std::string& text) {
        return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
    });
}

bool are_script_rules(const Value& value) {
    return all(value, [](const std::string& text) {
        const auto rule = read_assignment(text);
        return rule && std::ranges::count(guard::rule_ids(), rule->name) == 1 &&
               std::ranges::count(script_policy_names, rule->value) == 1;
    });
}

bool are_roots(const Value& value) {
    return all(value, [](const std::string& path) { return path.front() == '/'; });
}

bool are_providers(const Value& value) {
    return all(value, [](const std::string& name) {
        return std::ranges::count(assets::provider_names, name) == 1;
    });
}

bool is_resolution(const Value& value) {
    constexpr std::array<std::string_view, 5> resolutions{"1k", "2k", "4k", "8k", "16k"};
    return std::ranges::count(resolutions, std::get<std::string>(value)) == 1;
}

bool is_provider_url(const Value& value) {
    return assets::is_provider_url(std::get<std::string>(value));
}

bool is_optional_url(const Value& value) {
    return std::get<std::string>(value).empty() || is_provider_url(value);
}

bool are_origins(const Value& value) {
    return all(value, [](const std::string& origin) {
        const auto scheme = origin.find("://");
        return scheme != std::string::npos && scheme > 0 &&
               origin.find('/', scheme + 3) == std::string::npos && origin.size() > scheme + 3;
    });
}

bool are_hosts(const Value& value) {
    return all(value, [](const std::string& host) {
        return host.find_first_of("/@ ") == std::string::npos && host != "*";
    });
}

}  // namespace

const Rule host_rule{"an IP address or a host name, without a port", is_host};
const Rule listen_rule{"an IP address, or localhost", is_listen_address};
// The working directory of a program that an AI client starts is anybody's guess.
const Rule path_rule{"an absolute path, or empty", is_absolute_or_empty};
const Rule memory_rule{"0, -1 or an integer from 800 to 16777216", is_memory_limit};
const Rule stuck_rule{"-1 or a number from 0 to 3600", is_patience};
const Rule tool_limits_rule{
    R"(an array of strings such as "render = 6": a tool, and its calls a minute)", are_tool_limits};
const Rule tools_rule{"an array of names of tools", are_tools};
const Rule modules_rule{"an array of names of Python modules", are_modules};
const Rule sha256_rule{"an array of SHA-256 sums, 64 lower-case hexadecimal digits each",
                       are_sha256};
const Rule script_rules_rule{
    R"(an array of strings such as "file.write = block": a rule, and off, warn, ask or block)",
    are_script_rules};
const Rule origins_rule{R"(an array of origins such as "https://example.com")", are_origins};
const Rule hosts_rule{R"(an array of names such as "blender.lan" or "blender.lan:8080")",
                      are_hosts};
const Rule roots_rule{"an array of absolute paths", are_roots};
const Rule providers_rule{
    "an array of names of providers: polyhaven, ambientcg, local, sketchfab, polypizza",
    are_providers};
const Rule resolution_rule{"1k, 2k, 4k, 8k or 16k", is_resolution};
// Plain HTTP is for a server on this machine, whose traffic nobody else sees.
const Rule provider_url_rule{
    "https and a public host name, or http://127.0.0.1 with a port; without a path",
    is_provider_url};
const Rule optional_url_rule{
    "empty, https and a public host name, or http://127.0.0.1 with a port; no path",
    is_optional_url};

}  // namespace blender_mcpd::app
