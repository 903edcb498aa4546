// What the codecs of several families have in common.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/link/connection.hpp>
#include <blender_mcpd/link/plain.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::link {

using Raw = std::optional<std::string_view>;  // the text of a value, or no such member

/// The members that replies are made of; the last of a name wins, as in most parsers. They point
/// into `object`, which is valid and has no white space between its tokens.
struct Fields {
    explicit Fields(std::string_view object);
    Raw success, data, error, status, result, message, succeed, ok, type, code, suggestion,
        progress, total;
};

[[nodiscard]] bool is(Raw raw, core::JsonKind kind);
[[nodiscard]] bool is_or_absent(Raw raw, core::JsonKind kind);

/// `json`, which is valid, with all other characters escaped.
[[nodiscard]] std::string as_ascii(std::string json);
[[nodiscard]] bool is_empty_object(std::string_view json);

/// For people: of a long text its end, where a traceback says what matters. A lone surrogate makes
/// a string none.
[[nodiscard]] std::string text_of(std::string_view raw);

/// The peer's own error.
[[nodiscard]] core::Error blender_error(const std::string& text, bool mutates);
/// No reply of the family `own`; of another, perhaps, which the remedy says then.
[[nodiscard]] core::Error wrong_structure(Dialect own, std::string_view json, const Fields& fields);
/// A failure that came as a success: {"error":"…"} instead of data. Numbers and the like may be
/// data of that name.
[[nodiscard]] std::optional<std::string> failure_in(std::string_view result);

/// `result` points into `json`; nothing becomes an empty object.
[[nodiscard]] Reply reply_with(std::string json, Raw result);

}  // namespace blender_mcpd::link
