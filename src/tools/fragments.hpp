// Pieces of schemas that more than one tool uses.
#pragma once

#include "schema.hpp"

namespace blender_mcpd::tools::fragments {

using schema::Json;

// Input. Zero is a valid scale (Blender allows it, and people flatten objects with it).
[[nodiscard]] Json name(std::string_view description = {});
[[nodiscard]] Json names(std::size_t min, std::size_t max, std::string_view description = {});
[[nodiscard]] Json position(std::string_view description = {});
[[nodiscard]] Json rotation(std::string_view description = {});
[[nodiscard]] Json scale(std::string_view description = {});
[[nodiscard]] Json box(std::string_view description = {});  // its lengths
[[nodiscard]] Json look_at();
[[nodiscard]] Json shade();
/// RGB without alpha means opaque.
[[nodiscard]] Json colour(std::string_view description = {});
[[nodiscard]] Json material(std::string_view description = {});
/// Which objects; an empty filter means all of them.
[[nodiscard]] Json filter(std::string_view description = {});
/// The path of a file to read; see source_paths.hpp.
[[nodiscard]] Json source_path(std::string_view description = {});
/// Of importers and exporters: any, as Blender itself says which there are.
[[nodiscard]] Json file_options();
[[nodiscard]] Json timeout(double max, std::string_view description);

[[nodiscard]] Json asset_provider(std::vector<std::string_view> besides,
                                  std::string_view description);
[[nodiscard]] Json asset_id();

// Output.
[[nodiscard]] Json text_list();
[[nodiscard]] Json changes();
/// A number that grows with every edit.
[[nodiscard]] Json generation();

}  // namespace blender_mcpd::tools::fragments
