// Answers of providers, read without trust: what has another shape than expected is not there.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace blender_mcpd::assets {

/// Error: protocol.
[[nodiscard]] core::Result<core::Json> parse_document(const std::string& text,
                                                      std::string_view provider);

/// The member of that name, or null.
[[nodiscard]] const core::Json& at(const core::Json& object, const char* name);

/// Empty when it is none. Without control characters, and of a sane length.
[[nodiscard]] std::string text_at(const core::Json& object, const char* name);
/// 0 when it is none, or less.
[[nodiscard]] std::uint64_t count_at(const core::Json& object, const char* name);
/// The texts in a list, or the names of the members of an object.
[[nodiscard]] std::vector<std::string> texts_at(const core::Json& object, const char* name);

}  // namespace blender_mcpd::assets
