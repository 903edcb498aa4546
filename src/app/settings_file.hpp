// Reads a TOML file into sections and keys; knows no setting. The only part that knows the TOML
// library.
#pragma once

#include "settings.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace blender_mcpd::app {

struct FileEntry {
    std::string section;  // empty: the key stands outside of any section
    std::string key;      // empty: a section as such, which may hold no key at all
    std::size_t line = 0;
    Given value;  // unspecific when the key is empty
};

struct FileContent {
    std::vector<FileEntry> entries;    // in the order of the lines
    std::optional<ConfigError> error;  // unreadable or not TOML: there are no entries then
};

/// Larger files are refused: no configuration is this long, but /dev/zero is.
inline constexpr std::size_t max_file_bytes = std::size_t{1} << 20;

[[nodiscard]] FileContent read_settings_file(const std::string& path);

}  // namespace blender_mcpd::app
