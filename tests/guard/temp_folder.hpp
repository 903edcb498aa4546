// A folder of the test's own, removed with all that is in it.
#pragma once

#include <blender_mcpd/core/text.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace blender_mcpd::guard {

class TempFolder {
  public:
    TempFolder()
        : path_(std::filesystem::canonical(std::filesystem::temp_directory_path()) /
                ("guard-test-" + core::random_hex(8))) {
        std::filesystem::create_directory(path_);
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    std::filesystem::path folder(const std::string& name) const {
        std::filesystem::create_directories(path_ / name);
        return path_ / name;
    }
    std::filesystem::path file(const std::string& name, const std::string& content = "x") const {
        std::ofstream(path_ / name, std::ios::binary) << content;
        return path_ / name;
    }
    [[nodiscard]] std::string content(const std::string& name) const {
        std::ifstream in(path_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    /// Names of everything in it, hidden files too.
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const auto& entry : std::filesystem::directory_iterator(path_))
            out.push_back(entry.path().filename().native());
        return out;
    }

  private:
    std::filesystem::path path_;
};

}  // namespace blender_mcpd::guard
