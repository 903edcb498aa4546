#include "model_images.hpp"

#include "source_paths.hpp"

#include <blender_mcpd/core/aside.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

namespace blender_mcpd::tools {
namespace {

namespace asio = boost::asio;

std::string place(std::size_t index) {
    return fmt::format("images[{}]", index);
}

/// The files among them, once each is given in one way.
core::Result<SourcePaths> paths_in(core::Json& images) {
    SourcePaths paths;
    for (std::size_t index = 0; index < images.size(); ++index) {
        auto& image = images[index];
        if (image.contains("path") == image.contains("data"))
            return core::Error{core::ErrorCode::invalid,
                               place(index) + ": must have either path or data",
                               "Give the path of a file, or its bytes as base64"};
        if (image.contains("path")) paths.push_back({&image["path"], place(index) + ".path"});
    }
    return paths;
}

core::Result<std::string> bytes_of_file(const std::string& path) {
    const core::Error unreadable{core::ErrorCode::not_found, "cannot be read",
                                 "Give a file that blender-mcpd may read"};
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error) return unreadable;  // gone meanwhile, or no file any more: a pipe would never open
    std::ifstream in(path, std::ios::binary);
    // One byte more than may be is enough to say so.
    std::string bytes(std::min<std::uintmax_t>(size, assets::largest_picture + 1), '\0');
    if (!in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return unreadable;
    return bytes;
}

core::Result<std::string> decode(std::string_view text) {
    std::string bytes;
    if (core::decode_base64(bytes, text)) return bytes;
    return core::Error{core::ErrorCode::invalid, "must be base64 with padding",
                       "Encode the bytes of the file, without a data: prefix"};
}

asio::awaitable<core::Result<std::string>> bytes_of(const core::Json& image) {
    if (const auto path = image.find("path"); path != image.end()) {
        const auto& file = path->get_ref<const std::string&>();
        co_return co_await core::aside(assets::largest_picture,
                                       [&] { return bytes_of_file(file); });
    }
    const auto& text = image["data"].get_ref<const std::string&>();
    co_return co_await core::aside(text.size(), [&] { return decode(text); });
}

core::Error at(std::size_t index, core::Error error) {
    error.message = fmt::format("{}: {}", place(index), error.message);
    return error;
}

}  // namespace

asio::awaitable<core::Result<std::vector<assets::Picture>>> read_images(Toolbox toolbox,
                                                                        core::Json arguments) {
    std::vector<assets::Picture> pictures;
    const auto found = arguments.find("images");
    if (found == arguments.end()) co_return pictures;
    auto& images = *found;
    auto paths = paths_in(images);
    if (!paths) co_return paths.error();
    if (const auto there = co_await resolve(toolbox, std::move(*paths)); !there)
        co_return there.error();
    for (std::size_t index = 0; index < images.size(); ++index) {
        auto bytes = co_await bytes_of(images[index]);
        if (!bytes) co_return at(index, bytes.error());
        auto picture = assets::read_picture(std::move(*bytes));
        if (!picture) co_return at(index, picture.error());
        pictures.push_back(std::move(*picture));
    }
    co_return pictures;
}

}  // namespace blender_mcpd::tools
