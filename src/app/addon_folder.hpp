// The add-on's folder in the user's configuration of Blender: put there whole, replaced whole, and
// taken away again. What somebody else has put there is left alone.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace blender_mcpd::app {

enum class AddonChange {
    made,       // there was none
    replaced,   // another version was there
    unchanged,  // it is this version already
};

/// Makes the folders above as well. Errors: invalid when something else is there, or files of
/// somebody else's are in it; internal for what the operating system refuses. After an error all is
/// as before.
[[nodiscard]] core::Result<AddonChange> install_addon(const std::filesystem::path& folder);

struct AddonRemoval {
    bool was_there = false;
    std::vector<std::string> left;  // files in it that are not ours, relative; so the folder stays
};

/// Removes what was installed, and what Python has compiled of it. Errors as above.
[[nodiscard]] core::Result<AddonRemoval> uninstall_addon(const std::filesystem::path& folder);

/// The version that is in the folder; empty when there is none, or something else.
[[nodiscard]] std::string installed_addon(const std::filesystem::path& folder);

}  // namespace blender_mcpd::app
