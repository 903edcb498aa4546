#include "image_file.hpp"

#include <blender_mcpd/core/text.hpp>

#include <filesystem>
#include <fstream>
#include <system_error>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

core::Result<std::string> write_image(const std::string& path, std::string_view base64) {
    std::string bytes;
    if (!core::decode_base64(bytes, base64))
        return core::Error{core::ErrorCode::protocol, "the image is not valid base64"};
    std::error_code error;
    const auto target = fs::absolute(path, error);
    const auto partial = fs::path(target.string() + ".partial");
    std::ofstream out(partial, std::ios::binary);
    out << bytes;
    out.close();
    if (out) fs::rename(partial, target, error);
    if (!out || error)
        return core::Error{core::ErrorCode::not_found, "cannot write " + target.string(),
                           "Check the folder and the space in it."};
    return target.string();
}

}  // namespace blender_mcpd::app
