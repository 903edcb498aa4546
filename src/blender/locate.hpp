// Where Blender is installed.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace blender_mcpd::blender {

struct SearchPlaces {
    std::string configured;  // blender.executable; when set, nothing else is tried
    std::string path;        // $PATH
    std::vector<std::filesystem::path>
        folders;  // usual places: files called "blender" in them or in folders "blender*"
};

/// The places on this machine.
[[nodiscard]] SearchPlaces usual_places(std::string configured);

/// The configured one, else the first in PATH, else the one in the folders with the highest version
/// in its folder's name. ErrorCode::unavailable with a remedy when there is none.
[[nodiscard]] core::Result<std::filesystem::path> find_blender(const SearchPlaces& places);

/// All of them, in the same order; each once, whatever links lead to it. May be empty.
[[nodiscard]] std::vector<std::filesystem::path> find_blenders(const SearchPlaces& places);

}  // namespace blender_mcpd::blender
