// Changes one member of a JSON text in place: comments, order, indentation and line ends of all
// that is not concerned stay byte for byte.
#pragma once

#include "json_document.hpp"

#include <blender_mcpd/core/json.hpp>

#include <string>
#include <string_view>

namespace blender_mcpd::app {

/// Sets member `name` of the object that is member `parent` of the root; either is made when it is
/// not there. `root` is what read_json() made of `text`, and an object; `parent`, if it is there,
/// is an object too.
[[nodiscard]] std::string set_in_json(std::string_view text, const JsonNode& root,
                                      std::string_view parent, std::string_view name,
                                      const core::Json& value);

/// The text without member `name` of `object`; as it is when there is none.
[[nodiscard]] std::string remove_from_json(std::string_view text, const JsonNode& object,
                                           std::string_view name);

}  // namespace blender_mcpd::app
