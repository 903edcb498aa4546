#include "host_name.hpp"

#include <algorithm>
#include <array>

namespace blender_mcpd::guard {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_label(std::string_view label) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; };
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), fits);
}

/// Whatever ends in a number is read as an IPv4 address by some resolver: 127.1, 0177.0.0.1,
/// 2130706433, 0x7f.1 (the "ends in a number" rule of the WHATWG URL standard).
bool is_numeric(std::string_view label) {
    return label.starts_with("0x") || std::all_of(label.begin(), label.end(), is_digit);
}

bool is_local(std::string_view last_label) {
    // RFC 6761, 6762, 8375 and what private networks use.
    static constexpr std::array<std::string_view, 9> names{"localhost", "local",    "localdomain",
                                                           "internal",  "intranet", "lan",
                                                           "private",   "arpa",     "onion"};
    return std::find(names.begin(), names.end(), last_label) != names.end();
}

}  // namespace

const char* refuse_host(std::string_view host) {
    if (host.empty()) return "has no host";
    if (host.size() > 253) return "has a host name that is too long";
    std::size_t labels = 0;
    std::string_view last;
    for (auto rest = host;; ++labels) {
        const auto dot = rest.find('.');
        last = rest.substr(0, dot);
        if (!is_label(last)) return "has a host that is no plain host name";
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    if (is_numeric(last)) return "has an IP address as its host";
    if (labels == 0 || is_local(last)) return "has a host of a local network";
    return nullptr;
}

}  // namespace blender_mcpd::guard
