// The validation of arguments: every value is accepted or refused in one tame line, and the same
// way after it was written and read again.
#include "fuzz.hpp"

#include <blender_mcpd/guard/json_schema.hpp>

namespace blender_mcpd {
namespace {

/// Like those of our tools, with every kind of rule.
constexpr std::string_view schema_text = R"json({
    "type": "object", "additionalProperties": false, "required": ["items"],
    "properties": {
        "items": {"type": "array", "minItems": 1, "maxItems": 4, "items": {
            "type": "object", "additionalProperties": false, "required": ["name"],
            "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 63},
                "kind": {"enum": ["cube", "sphere", 1, null, true]},
                "location": {"type": "array", "minItems": 3, "maxItems": 3, "items": {"type": "number"}},
                "size": {"oneOf": [
                    {"type": "number", "exclusiveMinimum": 0, "maximum": 1000},
                    {"type": "array", "minItems": 3, "maxItems": 3, "items": {"type": "number"}}]},
                "segments": {"type": "integer", "minimum": 3, "maximum": 256}
            }}},
        "action": {"anyOf": [{"const": "open"}, {"const": "save"}, {"type": "null"}]},
        "options": {"type": "object", "minProperties": 1, "maxProperties": 3,
                    "additionalProperties": {"type": ["number", "string", "boolean"]}},
        "free": {"type": ["object", "array"]}
    }})json";

const guard::JsonSchema& schema() {
    static const auto compiled =
        guard::JsonSchema::compile(core::parse_json(schema_text).value()).value();
    return compiled;
}

}  // namespace
}  // namespace blender_mcpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace blender_mcpd;
    using fuzz::require;
    constexpr std::size_t longest = 4096;  // whatever is quoted in it is cut

    const auto value = core::parse_json(fuzz::text_of(data, size));
    if (!value) return -1;  // not worth keeping: the target "json" is about those
    const auto checked = schema().validate(*value);
    const auto again = schema().validate(core::parse_json(core::dump(*value)).value());
    require(checked.has_value() == again.has_value(), "the same value has the same verdict");
    if (checked) return 0;
    const auto text = core::describe(checked.error());
    require(!checked.error().message.empty(), "an error says what");
    require(fuzz::is_tame(text) && text.size() <= longest, "an error is one short line", text);
    require(again.error().message == checked.error().message, "an error is the same again", text);
    return 0;
}
