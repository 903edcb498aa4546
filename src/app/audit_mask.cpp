// One pass from left to right: at each place, the first rule that knows how long a secret is there.
#include "audit_mask.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/secrets.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace blender_mcpd::app {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view letters_and_digits =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

bool is_word(char byte) {
    return letters_and_digits.find(byte) != npos || byte == '_';
}

/// How many bytes at the beginning are of such a token.
std::size_t token_length(std::string_view text, std::string_view more) {
    const auto end = std::ranges::find_if(text, [&](char byte) {
        return letters_and_digits.find(byte) == npos && more.find(byte) == npos;
    });
    return static_cast<std::size_t>(end - text.begin());
}

/// What to leave and what to mask after it, from the place that is looked at.
struct Found {
    std::size_t before = 0;
    std::size_t secret = 0;  // 0: none
};

Found service_key(std::string_view rest) {
    constexpr std::array<std::string_view, 17> prefixes{
        "sk-",   "pk-",   "ghp_",  "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-",
        "xoxb-", "xoxp-", "xoxa-", "AKIA", "ASIA", "AIza", "hf_",  "npm_"};
    constexpr std::size_t shortest = 16;
    for (const auto prefix : prefixes) {
        if (!rest.starts_with(prefix)) continue;
        const auto length = token_length(rest, "_-");
        if (length >= prefix.size() + shortest) return {0, length};
    }
    return {};
}

Found web_token(std::string_view rest) {
    constexpr std::size_t shortest = 30;
    constexpr std::size_t longest = 2'000;
    if (!rest.starts_with("eyJ")) return {};
    const auto length = token_length(rest.substr(0, longest), "_-.");
    return std::ranges::count(rest.substr(0, length), '.') == 2 && length >= shortest
               ? Found{0, length}
               : Found{};
}

Found credentials(std::string_view rest) {
    constexpr std::size_t shortest = 8;
    for (const std::string_view scheme : {"Bearer ", "bearer ", "Basic "}) {
        if (!rest.starts_with(scheme)) continue;
        const auto length = token_length(rest.substr(scheme.size()), "_-.~+/=");
        if (length >= shortest) return {scheme.size(), length};
    }
    return {};
}

/// "://user:password@"
Found in_url(std::string_view rest) {
    constexpr std::string_view begin = "://";
    constexpr std::size_t longest = 500;
    if (!rest.starts_with(begin)) return {};
    const auto authority =
        rest.substr(begin.size(), std::min(longest, rest.find_first_of("/ \t\r\n\"'", 3) - 3));
    const auto at = authority.rfind('@');
    const auto colon = authority.find(':');
    if (at == npos || colon == npos || colon + 1 >= at) return {};
    return {begin.size() + colon + 1, at - colon - 1};
}

Found private_key(std::string_view rest) {
    constexpr std::string_view begin = "-----BEGIN ";
    constexpr std::string_view end = "-----END ";
    constexpr std::size_t longest_line = 60;
    if (!rest.starts_with(begin)) return {};
    const auto title = rest.substr(0, longest_line);
    const auto title_end = title.find("PRIVATE KEY-----");
    if (title_end == npos) return {};
    const auto from = title_end + std::string_view("PRIVATE KEY-----").size();
    return {from, std::min(rest.find(end, from), rest.size()) - from};
}

/// Of variables and members in a script. Narrower than the names of arguments: every Blender script
/// has a shape_key or an author.
bool is_secret_word(std::string_view word) {
    constexpr std::array<std::string_view, 9> parts{"password",   "passwd",      "passphrase",
                                                    "secret",     "token",       "api_key",
                                                    "access_key", "private_key", "credential"};
    const auto name = core::lower_case(word);
    return name == "apikey" || name == "authorization" ||
           std::ranges::any_of(parts, [&](auto part) { return name.find(part) != npos; });
}

/// `name = "…"`, `"name": "…"`, `d["name"] = "…"`, with the word at the beginning.
Found assigned(std::string_view rest) {
    constexpr std::size_t longest_name = 100;
    const auto word = token_length(rest.substr(0, longest_name), "_-");
    if (word == 0 || !is_secret_word(rest.substr(0, word))) return {};
    const auto skip = [&](std::size_t from, std::string_view what) {
        return std::min(rest.find_first_not_of(what, from), rest.size());
    };
    auto at = skip(word, "\\\"'] \t");
    if (at == rest.size() || (rest[at] != '=' && rest[at] != ':')) return {};
    at = skip(at + 1, "\\ \trbfu");
    if (at == rest.size() || (rest[at] != '"' && rest[at] != '\'')) return {};
    const auto end = rest.find_first_of(rest[at] == '"' ? "\"\n" : "'\n", at + 1);
    return {at + 1, std::min(end, rest.size()) - at - 1};
}

Found secret_at(std::string_view rest, bool word_begins) {
    if (auto found = in_url(rest); found.secret > 0) return found;
    if (auto found = private_key(rest); found.secret > 0) return found;
    if (!word_begins) return {};
    for (const auto rule : {service_key, web_token, credentials, assigned})
        if (auto found = rule(rest); found.secret > 0) return found;
    return {};
}

bool is_secret_name(std::string_view name) {
    return core::lower_case(name) == "key" || guard::is_secret_variable(name);
}

void mask_all(core::Json& value) {
    if (value.is_string()) value = std::string(secret_mask);
    if (value.is_structured())
        for (auto& one : value)
            mask_all(one);
}

}  // namespace

std::string mask_secrets(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const bool word_begins = is_word(text[at]) && (at == 0 || !is_word(text[at - 1]));
        const auto rest = text.substr(at);
        const bool candidate = word_begins || text[at] == ':' || text[at] == '-';
        const auto found = candidate ? secret_at(rest, word_begins) : Found{};
        if (found.secret == 0) {
            out += text[at++];
            continue;
        }
        out += rest.substr(0, found.before);
        out += secret_mask;
        at += found.before + found.secret;
    }
    return out;
}

void mask_secrets(core::Json& value) {
    if (value.is_string()) {
        value = mask_secrets(std::string_view(value.get_ref<const std::string&>()));
    } else if (value.is_object()) {
        for (const auto& [name, member] : value.items())
            is_secret_name(name) ? mask_all(member) : mask_secrets(member);
    } else if (value.is_array()) {
        for (auto& one : value)
            mask_secrets(one);
    }
}

}  // namespace blender_mcpd::app
