// Validation of a value against a compiled schema.
#pragma once

#include "schema_node.hpp"
#include "violation.hpp"

namespace blender_mcpd::guard {

[[nodiscard]] Verdict check(const SchemaNode& schema, const core::Json& value, const Path& path);

}  // namespace blender_mcpd::guard
