// Files that are known to be safe: a script that equals one of them byte by byte is, too.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace blender_mcpd::guard {

class TrustedFiles {
  public:
    /// Indexed at most: who names "/" as a trusted folder must not wait for all of it.
    static constexpr std::size_t max_files = 20'000;
    static constexpr std::size_t max_entries = 200'000;

    explicit TrustedFiles(std::vector<std::filesystem::path> folders)
        : folders_(std::move(folders)) {}

    /// Reads the folders at the first call. What cannot be read is not trusted.
    [[nodiscard]] bool contains(std::string_view script);

  private:
    void index();

    std::vector<std::filesystem::path> folders_;
    std::unordered_map<std::uintmax_t, std::vector<std::filesystem::path>> by_size_;
    bool indexed_ = false;
};

}  // namespace blender_mcpd::guard
