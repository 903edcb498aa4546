// Which map of a material an image is, by its name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::assets {

struct MapName {
    std::string set;   // what the names of all maps of the material begin with, in lower case
    std::string role;  // see AssetFile
};

/// "Wood049_2K-JPG_NormalGL.jpg" is the normal_gl of "wood049". Nullopt when the name tells of no
/// map.
[[nodiscard]] std::optional<MapName> map_name(std::string_view file_name);

/// The role that a provider's word for a map means ("nor_gl", "AO", "NormalGL"); empty: none that
/// we use.
[[nodiscard]] std::string map_role(std::string_view word);

/// Whether it is the ending of an image that can be a map.
[[nodiscard]] bool is_map_image(std::string_view ending);

/// Of maps that say the same in two ways those that are not needed: normal_dx beside normal_gl, and
/// so on.
[[nodiscard]] bool is_superfluous(std::string_view role, const std::vector<std::string>& all);

/// A word for a resolution as ours: "2K" is "2k". Empty when it is none.
[[nodiscard]] std::string resolution_word(std::string_view word);

/// The one that is wanted, else the nearest below, else the smallest. `there` is not empty.
[[nodiscard]] std::string nearest_resolution(const std::string& wanted,
                                             const std::vector<std::string>& there);

/// In order of size, each once.
void sort_resolutions(std::vector<std::string>& words);

}  // namespace blender_mcpd::assets
