// JSON without a document tree: what must be looked at is found by scanning, the rest is passed on
// as bytes.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::core {

/// Keeps the order of members, so that what we write is stable and reads as written.
using Json = nlohmann::ordered_json;

/// Deeper values are refused everywhere: parsers and printers recurse.
inline constexpr std::size_t max_json_depth = 128;

/// More members in one object are refused by parse_json: our JSON type keeps their order and so
/// looks them up one by one, which would take minutes for a hostile object of a megabyte.
inline constexpr std::size_t max_json_members = 256;

/// What becomes of a number that no double can hold (1e999).
enum class Overflow {
    refuse,    // the whole document
    infinity,  // for who validates every number afterwards and can say which one it is
};

/// Parses a whole document. Errors (ErrorCode::invalid) say what and where.
/// Refuses: nesting beyond max_json_depth, objects of more than max_json_members, invalid UTF-8.
[[nodiscard]] Result<Json> parse_json(std::string_view text, Overflow overflow = Overflow::refuse);

/// The members of one JSON object, as raw text: names unescaped, values untouched.
class RawObject {
  public:
    struct Member {
        std::string name;
        std::string_view value;  // into the scanned text, without surrounding white space
    };
    /// Scans `text`, which must be one valid JSON object and outlive the result. Checks the whole
    /// value: grammar, UTF-8, depth. O(n), one pass.
    [[nodiscard]] static Result<RawObject> scan(std::string_view text);

    /// The last member of that name wins, as in most parsers.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] const std::vector<Member>& members() const { return members_; }

  private:
    std::vector<Member> members_;
};

enum class JsonKind { object, array, string, number, boolean, null };
/// Kind of a valid raw value, by its first character.
[[nodiscard]] JsonKind json_kind(std::string_view raw);

/// The text of a raw JSON string (with its quotes); nullopt when it is none. A lone surrogate makes
/// it none.
[[nodiscard]] std::optional<std::string> unquote(std::string_view raw);

/// Appends `text` as a JSON string with quotes. Invalid UTF-8 becomes U+FFFD. Never emits a raw
/// newline.
void append_quoted(std::string& out, std::string_view text);
[[nodiscard]] std::string quoted(std::string_view text);

/// Compact text; invalid UTF-8 in strings is replaced, never thrown.
[[nodiscard]] std::string dump(const Json& value);

}  // namespace blender_mcpd::core
