// Where Blender looks for add-ons of its user.
#pragma once

#include <blender_mcpd/blender/installations.hpp>
#include <blender_mcpd/core/error.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace blender_mcpd::app {

using Environment = std::map<std::string, std::string>;

/// The first that runs it, and the first that calls it an extension.
inline constexpr blender::Release first_with_addon{2, 93};
inline constexpr blender::Release first_with_extensions{4, 2};

/// The folder of the add-on in the user's configuration of that Blender, there or not: in
/// `scripts/addons`, from 4.2 on in `extensions/user_default`. Follows BLENDER_USER_SCRIPTS,
/// BLENDER_USER_EXTENSIONS, BLENDER_USER_RESOURCES and XDG_CONFIG_HOME as Blender does. `program`
/// may be empty; a portable installation keeps the configuration beside it. Errors: invalid for a
/// Blender that is too old, unavailable without a home.
[[nodiscard]] core::Result<std::filesystem::path> addon_place(blender::Release release,
                                                              const std::filesystem::path& program,
                                                              const Environment& environment);

/// Its name among Blender's modules.
[[nodiscard]] std::string addon_module(blender::Release release);

/// Those of which the user has a configuration, whether they are installed or not; sorted.
[[nodiscard]] std::vector<blender::Release> configured_releases(const Environment& environment);

/// Descriptors (state_folder.hpp) of Blenders that are dead. Returns how many. Nothing is touched
/// unless the folder is the user's own.
std::size_t remove_left_descriptors(const Environment& environment);

}  // namespace blender_mcpd::app
