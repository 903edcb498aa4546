#include "unicode.hpp"

#include <blender_mcpd/guard/query.hpp>

#include <fmt/format.h>

#include <utility>

namespace blender_mcpd::guard {
namespace {

core::Error refused(std::string message, std::string remedy) {
    return {core::ErrorCode::invalid,
            std::move(message),
            std::move(remedy),
            core::Outcome::not_applied,
            {}};
}

core::Error too_long() {
    return refused("Search query too long",
                   fmt::format("Use at most {} characters; a few words find more", longest_query));
}

/// Words with one space between them, without what nobody sees.
std::u32string visible_words(const std::u32string& codes) {
    std::u32string out;
    bool space = false;
    for (const auto code : codes) {
        if (is_space(code)) {
            space = true;
        } else if (!is_invisible(code)) {
            if (space && !out.empty()) out += U' ';
            space = false;
            out += code;
        }
    }
    return out;
}

core::Result<std::string> clean(std::string_view text) {
    if (text.empty()) return refused("Search query required", "Give a few words to search for");
    if (text.size() > longest_raw_query) return too_long();
    const auto codes = decode_utf8(text);
    if (!codes) return refused("Search query is not valid UTF-8", "Send it as UTF-8");
    auto cleaned = to_nfc(visible_words(*codes));
    if (cleaned.empty())
        return refused("Query cannot be empty after cleaning", "Give a few words to search for");
    if (decode_utf8(cleaned)->size() > longest_query) return too_long();
    return cleaned;
}

}  // namespace

core::Result<std::string> clean_query(std::string_view text, core::Metrics& metrics) {
    auto cleaned = clean(text);
    if (cleaned && *cleaned != text) metrics.add(query_sanitized);
    return cleaned;
}

core::Result<void> check_query(std::string_view text) {
    const auto cleaned = clean(text);
    if (!cleaned) return cleaned.error();
    return {};
}

}  // namespace blender_mcpd::guard
