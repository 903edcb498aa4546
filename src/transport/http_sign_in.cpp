#include "http_sign_in.hpp"

#include <blender_mcpd/core/text.hpp>

#include <algorithm>
#include <charconv>

#include <sodium.h>

namespace blender_mcpd::transport::http {

bool same_secret(std::string_view given, std::string_view secret) {
    return given.size() == secret.size() &&
           sodium_memcmp(given.data(), secret.data(), secret.size()) == 0;
}

std::string_view cookie(const Request& request, std::string_view name) {
    auto rest = request.header("cookie").value_or("");
    while (!rest.empty()) {
        const auto end = rest.find(';');
        const auto pair = core::trimmed(rest.substr(0, end));
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name)
            return pair.substr(equals + 1);
        rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
    }
    return {};
}

namespace {

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        unsigned byte = 0;
        const auto* digits = text.data() + at + 1;
        const bool escaped = text[at] == '%' && text.size() - at > 2 &&
                             std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
        out += escaped ? static_cast<char>(byte) : text[at] == '+' ? ' ' : text[at];
        if (escaped) at += 2;
    }
    return out;
}

}  // namespace

std::optional<std::string> form_field(std::string_view body, std::string_view name) {
    while (!body.empty()) {
        const auto end = body.find('&');
        const auto pair = body.substr(0, end);
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name)
            return decoded(pair.substr(equals + 1));
        body = end == std::string_view::npos ? "" : body.substr(end + 1);
    }
    return std::nullopt;
}

std::chrono::seconds SignIns::pause(core::TimePoint now) const {
    if (failures_.size() < most_failures) return std::chrono::seconds{0};
    const auto rest = failures_.front() + failure_window - now;
    return std::max(std::chrono::ceil<std::chrono::seconds>(rest), std::chrono::seconds{0});
}

void SignIns::failed(core::TimePoint now) {
    failures_.push_back(now);
    if (failures_.size() > most_failures) failures_.pop_front();
}

std::string SignIns::open(core::TimePoint now) {
    constexpr std::size_t name_bytes = 32;
    std::erase_if(open_, [&](const Open& one) { return one.until <= now; });
    if (open_.size() >= most) open_.pop_front();
    open_.push_back({core::random_hex(name_bytes), now + lifetime});
    return open_.back().name;
}

bool SignIns::knows(std::string_view name, core::TimePoint now) const {
    return std::ranges::any_of(
        open_, [&](const Open& one) { return one.until > now && same_secret(name, one.name); });
}

void SignIns::close(std::string_view name) {
    std::erase_if(open_, [&](const Open& one) { return same_secret(name, one.name); });
}

}  // namespace blender_mcpd::transport::http
