#include <blender_mcpd/core/own_folder.hpp>

#include <cerrno>

#include <sys/stat.h>

namespace blender_mcpd::core {

int make_own_folder(const std::filesystem::path& folder) {
    std::filesystem::path made;
    int error = 0;
    for (const auto& part : folder) {
        made /= part;
        error = ::mkdir(made.c_str(), 0700) == 0 || errno == EEXIST ? 0 : errno;
    }
    return error;
}

}  // namespace blender_mcpd::core
