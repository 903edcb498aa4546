// Zip archives from somebody else's server, unpacked without trusting a word of them.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::assets {

struct ArchiveLimits {
    std::size_t entries = 2'000;
    std::uint64_t bytes = std::uint64_t{8} << 30;  // unpacked, together
    /// Of the whole, once it is larger than `small`: what images and meshes never come near, and
    /// bombs must.
    std::uint64_t ratio = 100;
    std::uint64_t small = std::uint64_t{64} << 20;
};

/// Whether it can be the path of a file in a folder of ours: relative, parts divided by "/" that
/// are names as guard::safe_file_name() leaves them, no more than eight.
[[nodiscard]] bool is_safe_path(std::string_view path);

/// Unpacks it into the folder, which exists and is empty; returns the paths of its files there.
/// Stops soon after `stop` was set. What is there after an error must be thrown away. Blocks.
/// Errors: protocol (it is damaged, or has entries that no asset has: paths out of the folder,
/// links, devices, secrets), too_large, cancelled, internal.
[[nodiscard]] core::Result<std::vector<std::string>> unpack(const std::filesystem::path& archive,
                                                            const std::filesystem::path& folder,
                                                            const ArchiveLimits& limits,
                                                            const std::atomic<bool>& stop);

}  // namespace blender_mcpd::assets
