#include "unicode.hpp"

#include <blender_mcpd/guard/names.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace blender_mcpd::guard {
namespace {

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

core::Error broken(std::string rule) {
    return {
        core::ErrorCode::invalid, std::move(rule), {}, core::Outcome::not_applied, {},
    };
}

}  // namespace

bool is_asset_id(std::string_view text) {
    return !text.empty() && text.size() <= 50 && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alphanumeric(c) || c == '_' || c == '-';
    });
}

bool is_tag(std::string_view text) {
    if (text.size() > 64) return false;
    bool after_word = false;  // a separator stands between two words
    for (const char c : text) {
        const bool separator = c == ' ' || c == '-' || c == '_';
        if (!is_alphanumeric(c) && !(separator && after_word)) return false;
        after_word = !separator;
    }
    return after_word;
}

bool is_option_word(std::string_view text) {
    return !text.empty() && text.size() <= 16 &&
           std::all_of(text.begin(), text.end(), is_alphanumeric);
}

core::Result<void> check_blender_name(std::string_view name) {
    if (name.empty()) return broken("must not be empty");
    if (name.size() > longest_blender_name)
        return broken(fmt::format("must have at most {} bytes", longest_blender_name));
    const auto codes = decode_utf8(name);
    if (!codes) return broken("must be valid UTF-8");
    if (std::any_of(codes->begin(), codes->end(), is_control))
        return broken("must not hold control characters");
    return {};
}

}  // namespace blender_mcpd::guard
