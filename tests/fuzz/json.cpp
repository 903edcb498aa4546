// The scanner and the parser of JSON: they agree, and what is written can be read again.
#include "fuzz.hpp"

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace blender_mcpd {
namespace {

using core::parse_json;
using core::RawObject;
using fuzz::require;

/// What the parser refuses and the scanner cannot know or does not mind.
bool is_refused_by_parser_only(const std::string& message, std::string_view text) {
    return message.find("too many members") != std::string::npos ||
           message.find("out of range") != std::string::npos ||
           text.find("\\u") != std::string_view::npos;  // a lone surrogate
}

void check_members(const RawObject& object, const core::Json& parsed) {
    for (const auto& [name, last] : object.members()) {
        require(parsed.contains(name), "the parser knows every name", name);
        const auto value = parse_json(*object.find(name));
        require(value && *value == parsed[name], "the last one of a name wins", name);
    }
    for (const auto& [name, value] : parsed.items())
        require(object.find(name).has_value(), "the scanner knows every name", name);
}

std::size_t depth_of(const core::Json& value) {
    std::size_t deepest = 0;
    if (value.is_structured())
        for (const auto& inner : value)
            deepest = std::max(deepest, depth_of(inner) + 1);
    return deepest;
}

void check_text(std::string_view bytes) {
    const auto quoted = core::quoted(bytes);
    require(core::unquote(quoted).has_value(), "whatever is quoted is a string", quoted);
    require(fuzz::is_tame(quoted) || quoted.find('\x7f') != std::string::npos,
            "no control character is left", quoted);
}

}  // namespace
}  // namespace blender_mcpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace blender_mcpd;
    const auto text = fuzz::text_of(data, size);
    const auto scanned = RawObject::scan(text);
    const auto parsed = parse_json(text);
    if (parsed) {
        require(scanned.has_value() == parsed->is_object(), "scanner and parser agree", text);
        require(depth_of(*parsed) <= core::max_json_depth, "nesting is bounded", text);
        if (scanned) check_members(*scanned, *parsed);
        const auto dumped = core::dump(*parsed);
        require(dumped.find('\n') == std::string::npos, "dump() stays on one line", dumped);
        const auto again = parse_json(dumped);
        require(again && *again == *parsed, "what dump() writes is the same value", dumped);
    } else {
        require(!parsed.error().message.empty(), "an error says what");
        require(!scanned || is_refused_by_parser_only(parsed.error().message, text),
                "scanner and parser agree", parsed.error().message);
    }
    check_text(text);
    return 0;
}
