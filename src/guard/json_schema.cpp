#include "check.hpp"
#include "whole_value.hpp"

#include <blender_mcpd/guard/json_schema.hpp>

#include <utility>

namespace blender_mcpd::guard {

struct JsonSchema::Node {
    SchemaNode root;
};

JsonSchema::JsonSchema(std::unique_ptr<Node> root) : root_(std::move(root)) {}
JsonSchema::JsonSchema(JsonSchema&&) noexcept = default;
JsonSchema& JsonSchema::operator=(JsonSchema&&) noexcept = default;
JsonSchema::~JsonSchema() = default;

core::Result<JsonSchema> JsonSchema::compile(const core::Json& schema) {
    auto root = compile_schema(schema);
    if (!root) return root.error();
    return JsonSchema(std::make_unique<Node>(Node{std::move(*root)}));
}

core::Result<void> JsonSchema::validate(const core::Json& value) const {
    if (const auto broken = check_whole_value(value, root_->root)) return to_error(*broken);
    if (const auto broken = check(root_->root, value, Path())) return to_error(*broken);
    return {};
}

}  // namespace blender_mcpd::guard
