// Texts that go into requests to others: search queries, URLs, file names.
#include "fuzz.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/guard/names.hpp>
#include <blender_mcpd/guard/query.hpp>
#include <blender_mcpd/guard/url.hpp>

#include <algorithm>

namespace blender_mcpd {
namespace {

using fuzz::require;

bool is_utf8(std::string_view text) {
    return core::unquote(core::quoted(text)) == text;  // quoting replaces what is invalid
}

std::size_t code_points(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char byte) { return (byte & 0xC0) != 0x80; }));
}

void check_query(std::string_view text) {
    static core::Metrics metrics;
    const auto cleaned = guard::clean_query(text, metrics);
    require(guard::check_query(text).has_value() == cleaned.has_value(), "both say the same");
    if (!cleaned) {
        require(fuzz::is_tame(core::describe(cleaned.error())), "an error is one line");
        return;
    }
    const std::string_view query = *cleaned;
    require(is_utf8(query) && fuzz::is_tame(query), "a query is plain text", query);
    require(!query.empty() && code_points(query) <= guard::longest_query, "its length is bounded",
            query);
    require(
        query.front() != ' ' && query.back() != ' ' && query.find("  ") == std::string_view::npos,
        "no needless space is left", query);
    require(guard::clean_query(query, metrics).value() == query, "cleaning again changes nothing",
            query);
}

void check_encoding(std::string_view text) {
    constexpr std::string_view harmless =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%";
    const auto encoded = guard::percent_encode(text);
    require(encoded.has_value() == is_utf8(text), "every valid text can be encoded", text);
    if (encoded)
        require(encoded->find_first_not_of(harmless) == std::string::npos, "nothing else is left",
                *encoded);
    const auto url = guard::UrlBuilder("example.org").segment(text).query("q", text).build();
    if (!url) return;
    require(std::ranges::count(*url, '/') == 3 && std::ranges::count(*url, '?') == 1 &&
                std::ranges::count(*url, '&') == 0 && std::ranges::count(*url, '#') == 0,
            "no text changes the shape of the URL", *url);
    constexpr std::size_t short_enough = 1'000;  // very long ones are refused
    if (url->size() <= short_enough)
        require(guard::check_public_url(*url).has_value(), "what is built may be fetched", *url);
}

void check_names(std::string_view text) {
    for (const auto& name : {guard::safe_file_name(text), guard::file_name_in_disposition(text)}) {
        if (!name) continue;
        require(!name->empty() && name->size() <= guard::longest_file_name, "it fits", *name);
        require(name->find_first_of("/\\") == std::string::npos && name->front() != '.' &&
                    fuzz::is_tame(*name) && is_utf8(*name),
                "a file name stays in its folder", *name);
        const auto again = guard::safe_file_name(*name);
        require(again && *again == *name, "a safe name is safe", *name);
    }
    if (guard::check_blender_name(text).has_value())
        require(is_utf8(text) && fuzz::is_tame(text) && !text.empty(), "a name is plain", text);
}

void check_url(std::string_view text) {
    const auto url = guard::check_public_url(text);
    if (!url) return;
    require(text.starts_with("https://") || text.starts_with("HTTPS://") || text[0] == 'h' ||
                text[0] == 'H',
            "only https", text);
    require(url->target.starts_with('/') && fuzz::is_tame(url->target) &&
                url->target.find_first_of(" #") == std::string::npos,
            "a target is one word", url->target);
    require(url->host.find_first_of("@:/?# []") == std::string::npos &&
                url->host.find_first_not_of("0123456789.") != std::string::npos,
            "a host is a name", url->host);
}

}  // namespace
}  // namespace blender_mcpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace blender_mcpd;
    const auto text = fuzz::text_of(data, size);
    check_query(text);
    check_encoding(text);
    check_names(text);
    check_url(text);
    return 0;
}
