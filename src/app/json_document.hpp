// A JSON file of somebody else's, with the place of everything in it, so that a text edit can leave
// the rest as it is. Also reads comments and trailing commas, as editors allow them in their
// settings.
#pragma once

#include <blender_mcpd/core/json.hpp>

#include <boost/system/result.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::app {

enum class JsonSyntax {
    strict,    // RFC 8259
    comments,  // also // and /* */, and a comma after the last member or element
};

struct JsonMember;

/// One value. Positions are bytes in the text that was read.
struct JsonNode {
    core::JsonKind kind = core::JsonKind::null;
    std::size_t begin = 0;
    std::size_t end = 0;              // one past its last byte
    std::size_t content_end = 0;      // of an object: one past its last member, comma or comment
    std::vector<JsonMember> members;  // of an object
    std::vector<JsonNode> elements;   // of an array

    /// The last of that name, as every parser takes it; nullptr when there is none.
    [[nodiscard]] const JsonMember* find(std::string_view name) const;
};

struct JsonMember {
    std::string name;
    std::size_t begin = 0;  // of its name's quote
    JsonNode value;
    std::optional<std::size_t> comma{};  // the one after it
};

/// Where a text is no JSON.
struct JsonMistake {
    std::size_t line = 1;    // from 1
    std::size_t column = 1;  // from 1, in bytes
    std::string message;     // a phrase: "a comma or } is missing"
};

/// Found by boost::system::result when value() is called on an error: a bug, hence an exception.
[[noreturn]] void throw_exception_from_error(const JsonMistake& mistake,
                                             const boost::source_location& where);

/// The value of a whole document; a byte order mark before it is passed over. Refuses nesting
/// beyond core::max_json_depth. Lone surrogates in strings are let be: other programs write them.
[[nodiscard]] boost::system::result<JsonNode, JsonMistake> read_json(std::string_view text,
                                                                     JsonSyntax syntax);

/// The value of a node of `text`. Strings that no UTF-8 can hold become empty ones.
[[nodiscard]] core::Json to_json(const JsonNode& node, std::string_view text);

}  // namespace blender_mcpd::app
