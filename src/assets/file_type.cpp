#include "file_type.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace blender_mcpd::assets {
namespace {

using namespace std::string_view_literals;

struct Magic {
    std::string_view ending;
    std::string_view begin;
};

// Several of one ending: any of them will do.
constexpr std::array magics{
    Magic{".png", "\x89PNG\r\n\x1a\n"sv},
    Magic{".jpg", "\xff\xd8\xff"sv},
    Magic{".jpeg", "\xff\xd8\xff"sv},
    Magic{".exr", "\x76\x2f\x31\x01"sv},
    Magic{".hdr", "#?"sv},
    Magic{".tif", "II*\0"sv},
    Magic{".tif", "MM\0*"sv},
    Magic{".tiff", "II*\0"sv},
    Magic{".tiff", "MM\0*"sv},
    Magic{".webp", "RIFF"sv},
    Magic{".glb", "glTF"sv},
    Magic{".zip", "PK\x03\x04"sv},
    Magic{".fbx", "Kaydara FBX"sv},
    Magic{".fbx", "; FBX"sv},
    Magic{".blend", "BLENDER"sv},
    Magic{".blend", "\x1f\x8b"sv},          // packed with gzip
    Magic{".blend", "\x28\xb5\x2f\xfd"sv},  // with Zstandard
};

bool is_page(std::string_view begin) {
    constexpr std::array pages{"<!doctype"sv, "<html"sv};
    const auto text = begin.substr(std::min(begin.find_first_not_of(" \t\r\n"), begin.size()));
    return std::ranges::any_of(pages, [&](std::string_view page) {
        return core::lower_case(text.substr(0, page.size())) == page;
    });
}

}  // namespace

std::string ending(std::string_view name) {
    name = name.substr(name.find_last_of('/') + 1);
    const auto dot = name.find_last_of('.');
    return dot == std::string_view::npos || dot == 0 ? "" : core::lower_case(name.substr(dot));
}

bool may_begin_so(std::string_view ending, std::string_view begin) {
    bool is_known = false;
    for (const auto& magic : magics) {
        if (magic.ending != ending) continue;
        if (begin.starts_with(magic.begin)) return true;
        is_known = true;
    }
    if (ending == ".gltf") {
        const auto first = begin.find_first_not_of(" \t\r\n\xef\xbb\xbf");
        return first != std::string_view::npos && begin[first] == '{';
    }
    return !is_known && !is_page(begin);
}

core::Result<void> check_type(const std::filesystem::path& file) {
    std::array<char, 64> bytes{};
    std::ifstream in(file, std::ios::binary);
    in.read(bytes.data(), bytes.size());
    const std::string_view begin(bytes.data(), static_cast<std::size_t>(in.gcount()));
    if (in.bad() || (begin.empty() && !in.eof()))
        return core::Error{core::ErrorCode::internal,
                           fmt::format("{} cannot be read", file.filename().string())};
    const auto name = file.filename().string();
    if (begin.empty() || !may_begin_so(ending(name), begin))
        return core::Error{core::ErrorCode::protocol,
                           fmt::format("{} is no {} file", core::excerpt(name), ending(name)),
                           "It was thrown away: try another format, or another asset"};
    return {};
}

std::string image_type(std::string_view bytes) {
    if (may_begin_so(".png", bytes)) return "image/png";
    if (may_begin_so(".jpg", bytes)) return "image/jpeg";
    if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) return "image/webp";
    return {};
}

}  // namespace blender_mcpd::assets
