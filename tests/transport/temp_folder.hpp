#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <sys/stat.h>

namespace blender_mcpd::transport {

/// A folder of the test's own, with mode 0700.
struct TempFolder {
    TempFolder() {
        char name[] = "/tmp/mcpd-unix-test-XXXXXX";
        if (mkdtemp(name) == nullptr) throw std::runtime_error("no temporary folder");
        path = name;
    }
    ~TempFolder() { std::filesystem::remove_all(path); }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    [[nodiscard]] std::string operator/(const std::string& name) const {
        return (path / name).string();
    }

    std::filesystem::path path;
};

/// The permissions of a file, links not followed; -1 when it is not there.
inline int mode_of(const std::string& path) {
    struct stat info {};
    return lstat(path.c_str(), &info) == 0 ? static_cast<int>(info.st_mode & 07777) : -1;
}

}  // namespace blender_mcpd::transport
