// Validation of tool arguments against the tool's own JSON Schema (the subset of 2020-12 that our
// schemas use).
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace blender_mcpd::guard {

/// A compiled schema. Immutable; may be used from any thread.
class JsonSchema {
  public:
    /// Fails with ErrorCode::invalid on a keyword it does not implement, so that no rule is ever
    /// ignored silently. Formats are of a closed set. Strings: "search-query" (clean_query accepts
    /// it), "blender-name", "file-path" (the text alone), "asset-id", "uri" (https, public host).
    /// Arrays: "vector" and "colour", whose items are called "X coordinate" and "Red channel".
    [[nodiscard]] static core::Result<JsonSchema> compile(const core::Json& schema);

    /// Error (ErrorCode::invalid): message names the field ("items[2].location[0]"), the rule and
    /// the value (cut to a sane length); remedy says what is allowed, with the nearest known name
    /// for an unknown one. Beyond the schema, every number must be finite and within the range of a
    /// 32-bit float.
    [[nodiscard]] core::Result<void> validate(const core::Json& value) const;

    JsonSchema(JsonSchema&&) noexcept;
    JsonSchema& operator=(JsonSchema&&) noexcept;
    ~JsonSchema();

  private:
    struct Node;
    explicit JsonSchema(std::unique_ptr<Node> root);
    std::unique_ptr<Node> root_;
};

}  // namespace blender_mcpd::guard
