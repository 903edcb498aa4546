// Blenders that want to be found: blender-mcpd's add-on leaves a file for each (docs/addon.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace blender_mcpd::blender {

struct Descriptor {
    std::uint16_t port = 0;  // on loopback
    std::string token;
    std::int64_t pid = 0;
    std::string session;     // random: another one has begun when it differs
    std::string runtime;     // its hash
    std::string version;     // of Blender, "4.2.1"
    std::string executable;  // an absolute path, or empty
    std::string file;        // that is open; may be empty
    bool background = false;
    bool operator==(const Descriptor&) const = default;
};

/// Those of processes that live, the one that began last first. Left out is what another user may
/// have written or can read, a symbolic link, and what does not say what it must. Blocks on the
/// disk, shortly.
[[nodiscard]] std::vector<Descriptor> read_descriptors(const std::filesystem::path& folder);

}  // namespace blender_mcpd::blender
