// What an import of finished files tells Blender, and what it answers.
#pragma once

#include <blender_mcpd/assets/assets.hpp>
#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace blender_mcpd::tools {

/// The arguments of the operation asset.import, but for those of the kind of asset: `name` is that
/// of what is made.
[[nodiscard]] core::Json import_arguments(const assets::Prepared& prepared, std::string name);

/// Blender's answer, with whose work it is, after what the tool itself has to say.
[[nodiscard]] std::string import_answer(std::string_view imported, const assets::Prepared& prepared,
                                        core::Json answer = core::Json::object());

}  // namespace blender_mcpd::tools
