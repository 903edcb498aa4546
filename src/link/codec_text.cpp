#include "codec_text.hpp"

#include "codec.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>

namespace blender_mcpd::link {
namespace {

using core::Error;
using core::ErrorCode;
using core::JsonKind;

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

/// `json` is valid, so that other characters stand in strings only.
std::string escaped(std::string_view json) {
    std::string out;
    out.reserve(json.size() + json.size() / 2);
    const auto escape = [&](unsigned unit) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", unit);
    };
    for (std::size_t at = 0; at < json.size();) {
        const auto first = static_cast<unsigned char>(json[at++]);
        if (first < 0x80) {
            out += static_cast<char>(first);
            continue;
        }
        const int more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
        unsigned point = first & (0x3FU >> static_cast<unsigned>(more));
        for (int i = 0; i < more && at < json.size(); ++i)
            point = point << 6U | (static_cast<unsigned char>(json[at++]) & 0x3FU);
        if (point < 0x10000) {
            escape(point);
        } else {
            escape(0xD800U + ((point - 0x10000) >> 10U));
            escape(0xDC00U + ((point - 0x10000) & 0x3FFU));
        }
    }
    return out;
}

std::size_t end_of_string(std::string_view text, std::size_t at) {
    for (++at; text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
    return at + 1;
}

std::size_t end_of_value(std::string_view text, std::size_t at) {
    if (text[at] == '"') return end_of_string(text, at);
    for (std::size_t depth = 0;;) {
        const char byte = text[at];
        if (byte == '"') {
            at = end_of_string(text, at);
            continue;
        }
        const bool closes = byte == '}' || byte == ']';
        if (depth == 0 && (closes || byte == ',')) return at;
        ++at;
        if (byte == '{' || byte == '[') ++depth;
        if (closes && --depth == 0) return at;
    }
}

/// Calls visit(name, raw value) for each member, in order; builds no list, which a peer could make
/// many times as large as its reply. `object` is valid and has no white space between its tokens.
template <typename Visit>
void each_member(std::string_view object, Visit visit) {
    constexpr std::size_t longest_name = 64;  // of those that anybody asks for, escapes included
    for (std::size_t at = 1; object[at] != '}';) {
        const auto colon = end_of_string(object, at);
        const auto name = object.substr(at, colon - at);
        const auto end = end_of_value(object, colon + 1);
        if (name.size() <= longest_name)
            visit(core::unquote(name).value_or(""), object.substr(colon + 1, end - colon - 1));
        at = object[end] == ',' ? end + 1 : end;
    }
}

std::optional<Dialect> dialect_of(const Fields& fields) {
    if (is(fields.ok, JsonKind::boolean)) return Dialect::ageless;
    if (is(fields.success, JsonKind::boolean))
        return fields.result ? Dialect::djeada : Dialect::seed;
    if (!is(fields.status, JsonKind::string)) return std::nullopt;
    return fields.status == R"("ok")" ? Dialect::lab : Dialect::ahujasid;
}

std::string_view name_of(Dialect dialect) {
    constexpr std::array<std::string_view, 5> names{"an add-on of the seed dialect",
                                                    "the ahujasid add-on", "the Blender Lab add-on",
                                                    "the djeada add-on", "the ageless add-on"};
    return names[static_cast<std::size_t>(dialect)];
}

}  // namespace

Fields::Fields(std::string_view object) {
    each_member(object, [this](const std::string& name, std::string_view value) {
        if (name == "success") success = value;
        if (name == "data") data = value;
        if (name == "error") error = value;
        if (name == "status") status = value;
        if (name == "result") result = value;
        if (name == "message") message = value;
        if (name == "succeed") succeed = value;
        if (name == "ok") ok = value;
        if (name == "type") type = value;
        if (name == "code") code = value;
        if (name == "suggestion") suggestion = value;
        if (name == "progress") progress = value;
        if (name == "total") total = value;
    });
}

std::string as_ascii(std::string json) {
    return is_ascii(json) ? std::move(json) : escaped(json);
}

bool is_empty_object(std::string_view json) {
    return json.find_first_not_of("{} \t\r\n") == std::string_view::npos;
}

bool is(Raw raw, JsonKind kind) {
    return raw && core::json_kind(*raw) == kind;
}

bool is_or_absent(Raw raw, JsonKind kind) {
    return !raw || is(raw, kind);
}

std::string text_of(std::string_view raw) {
    constexpr std::size_t longest = 8'000;  // a traceback ends with what matters
    auto text = core::unquote(raw).value_or(std::string(raw));
    if (text.size() <= longest) return text;
    auto begin = text.size() - longest;
    while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U)
        ++begin;
    return fmt::format("[{} bytes left out]{}", begin, text.substr(begin));
}

Error blender_error(const std::string& text, bool mutates) {
    Error error{.code = ErrorCode::blender,
                .message = text.empty() ? "Blender reported an error and did not say which" : text,
                .outcome = mutates ? core::Outcome::unknown : core::Outcome::not_applied};
    if (text.starts_with("Unknown command") || text.starts_with("Unknown request type")) {
        error.outcome = core::Outcome::not_applied;
        error.remedy =
            "This add-on does not have it, or not while it is switched off in the add-on's panel";
    }
    return error;
}

Error wrong_structure(Dialect own, std::string_view json, const Fields& fields) {
    const auto other = dialect_of(fields);
    return {.code = ErrorCode::protocol,
            .message =
                "Invalid response structure from Blender. Expected BlenderSocketResponse, "
                "got: " +
                core::excerpt(json, 100),
            .remedy = !other || other == own
                          ? std::string()
                          : fmt::format("This looks like {}: set blender.dialect = \"{}\"",
                                        name_of(*other), to_string(*other))};
}

std::optional<std::string> failure_in(std::string_view result) {
    if (core::json_kind(result) != JsonKind::object) return std::nullopt;
    const Fields fields(result);
    const bool says_why = (is(fields.error, JsonKind::string) && *fields.error != "\"\"") ||
                          is(fields.error, JsonKind::object) || is(fields.error, JsonKind::array);
    if (says_why) return text_of(*fields.error);
    if (fields.succeed == "false") return "";
    return std::nullopt;
}

Reply reply_with(std::string json, Raw result) {
    if (!result) return {"{}", "", 0, 2, std::nullopt};
    const auto begin = static_cast<std::size_t>(result->data() - json.data());
    const auto size = result->size();
    return {std::move(json), "", begin, size, std::nullopt};
}

std::string_view to_string(Dialect dialect) {
    constexpr std::array<std::string_view, 5> names{"seed", "ahujasid", "lab", "djeada", "ageless"};
    return names[static_cast<std::size_t>(dialect)];
}

const Codec& codec(Dialect dialect) {
    switch (dialect) {
        case Dialect::seed:
            return seed_codec();
        case Dialect::lab:
            return lab_codec();
        case Dialect::djeada:
            return djeada_codec();
        case Dialect::ageless:
            return ageless_codec();
        case Dialect::ahujasid:
            break;
    }
    return ahujasid_codec();
}

std::string looks_like(std::string_view beginning) {
    if (beginning.starts_with("HTTP/"))
        return "This looks like an HTTP server, not like an add-on: check blender.host and "
               "blender.port";
    return {};
}

}  // namespace blender_mcpd::link
