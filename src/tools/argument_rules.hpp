// What a tool's schema says of the arguments of a call.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/guard/json_schema.hpp>

#include <nlohmann/json.hpp>

#include <optional>

namespace blender_mcpd::tools {

class ArgumentRules {
  public:
    /// Compiles nothing yet: most tools are never called.
    explicit ArgumentRules(core::Json schema) : schema_(std::move(schema)) {}

    /// Makes apply() safe on another thread, while the loop applies the same rules.
    void compile();
    /// Errors as of guard::JsonSchema::validate; internal when the schema itself is wrong. Of valid
    /// arguments, numbers without a fraction become integers.
    core::Result<void> apply(core::Json& arguments);

  private:
    core::Json schema_;
    std::optional<core::Result<guard::JsonSchema>> compiled_;
};

}  // namespace blender_mcpd::tools
