#include "plain_dialect.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace blender_mcpd::link {
namespace {

using core::Error;
using core::ErrorCode;
using core::JsonKind;
using Raw = std::optional<std::string_view>;  // the text of a value, or no such member

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

/// `json` is valid, so that other characters stand in strings only.
std::string to_ascii(std::string_view json) {
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

bool is_empty_object(std::string_view json) {
    return json.find_first_not_of("{} \t\r\n") == std::string_view::npos;
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

/// The members that replies are made of; the last of a name wins, as in most parsers.
struct Fields {
    explicit Fields(std::string_view object) {
        each_member(object, [this](const std::string& name, std::string_view value) {
            if (name == "success") success = value;
            if (name == "data") data = value;
            if (name == "error") error = value;
            if (name == "status") status = value;
            if (name == "result") result = value;
            if (name == "message") message = value;
            if (name == "succeed") succeed = value;
        });
    }
    Raw success, data, error, status, result, message, succeed;
};

bool is(Raw raw, JsonKind kind) {
    return raw && core::json_kind(*raw) == kind;
}

bool is_or_absent(Raw raw, JsonKind kind) {
    return !raw || is(raw, kind);
}

/// For people. A lone surrogate makes a string none.
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
    if (text.starts_with("Unknown command type")) {
        error.outcome = core::Outcome::not_applied;
        error.remedy =
            "This add-on does not have it, or not while it is switched off in the add-on's panel";
    }
    return error;
}

Error wrong_structure(std::string_view json, std::string remedy) {
    return {.code = ErrorCode::protocol,
            .message =
                "Invalid response structure from Blender. Expected BlenderSocketResponse, "
                "got: " +
                core::excerpt(json, 100),
            .remedy = std::move(remedy)};
}

std::string looks_like(Dialect dialect) {
    return fmt::format(
        "This looks like {}: set blender.dialect = \"{}\"",
        dialect == Dialect::seed ? "an add-on of the seed dialect" : "the ahujasid add-on",
        to_string(dialect));
}

/// A failure that came as a success: {"error":"…"} instead of data. Numbers and the like may be
/// data of that name.
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

core::Result<Reply> read_seed(std::string json, bool mutates) {
    const Fields fields(json);
    if (!is(fields.success, JsonKind::boolean))
        return wrong_structure(json, is(fields.status, JsonKind::string)
                                         ? looks_like(Dialect::ahujasid)
                                         : std::string());
    if (!is_or_absent(fields.error, JsonKind::string) ||
        !is_or_absent(fields.data, JsonKind::object))
        return wrong_structure(json, {});
    const auto error = text_of(fields.error.value_or("\"\""));
    if (fields.success == "false" || !error.empty()) return blender_error(error, mutates);
    if (fields.data)
        if (const auto failure = failure_in(*fields.data)) return blender_error(*failure, mutates);
    return reply_with(std::move(json), fields.data);
}

core::Result<Reply> read_ahujasid(std::string json, bool mutates) {
    const Fields fields(json);
    const bool success = fields.status == R"("success")";
    if ((!success && fields.status != R"("error")") ||
        !is_or_absent(fields.message, JsonKind::string))
        return wrong_structure(json, is(fields.success, JsonKind::boolean)
                                         ? looks_like(Dialect::seed)
                                         : std::string());
    if (!success) return blender_error(text_of(fields.message.value_or("\"\"")), mutates);
    if (!fields.result) return reply_with(std::move(json), fields.result);
    if (const auto failure = failure_in(*fields.result)) return blender_error(*failure, mutates);
    if (fields.result->starts_with("\"Error:"))
        return blender_error(text_of(*fields.result), mutates);
    return reply_with(std::move(json), fields.result);
}

}  // namespace

std::string_view to_string(Dialect dialect) {
    return dialect == Dialect::seed ? "seed" : "ahujasid";
}

std::string plain_request(Dialect dialect, std::string_view op, std::string_view args) {
    const bool seed = dialect == Dialect::seed;
    std::string text = seed ? R"({"command":)" : R"({"type":)";
    core::append_quoted(text, op);
    if (!is_empty_object(args)) {
        text += seed ? R"(,"data":)" : R"(,"params":)";
        text += args;
    }
    text += '}';
    return is_ascii(text) ? text : to_ascii(text);
}

core::Result<Reply> read_plain_reply(Dialect dialect, std::string json, bool mutates) {
    return dialect == Dialect::seed ? read_seed(std::move(json), mutates)
                                    : read_ahujasid(std::move(json), mutates);
}

std::string looks_like(std::string_view beginning) {
    if (beginning.starts_with("HTTP/"))
        return "This looks like an HTTP server, not like an add-on: check blender.host and "
               "blender.port";
    return {};
}

}  // namespace blender_mcpd::link
