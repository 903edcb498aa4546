#include "addon_package.hpp"

#include "version.hpp"

#include <blender_mcpd/blender/runtime_files.hpp>
#include <blender_mcpd/core/json.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <minizip/zip.h>
#include <unistd.h>

namespace blender_mcpd::app {

namespace {

constexpr std::string_view runtime_folder = "blender_mcpd_runtime/";

core::Error failure(const std::filesystem::path& path, std::string_view reason) {
    return {core::ErrorCode::internal, fmt::format("cannot write {}: {}", path.string(), reason),
            "See the permissions of its folder, and the room on its disk."};
}

bool add(zipFile archive, const AddonFile& file) {
    const auto name = std::string(addon_id) + '/' + file.path;
    zip_fileinfo about{};
    // The first moment that the format knows, so that the same version makes the same archive.
    constexpr uLong first_day = 1U << 5U | 1U;
    about.dosDate = first_day << 16U;
    if (zipOpenNewFileInZip(archive, name.c_str(), &about, nullptr, 0, nullptr, 0, nullptr,
                            Z_DEFLATED, Z_DEFAULT_COMPRESSION) != ZIP_OK)
        return false;
    const bool written = zipWriteInFileInZip(archive, file.text.data(),
                                             static_cast<unsigned>(file.text.size())) == ZIP_OK;
    return zipCloseFileInZip(archive) == ZIP_OK && written;
}

}  // namespace

std::vector<AddonFile> addon_package() {
    std::vector<AddonFile> files;
    for (const auto& file : blender::addon_files())
        files.push_back({std::string(file.path), std::string(file.text)});
    const auto hash = blender::runtime_hash();
    // Each version has a name of its own: Blender does not import anew what it knows by that name.
    const auto folder = fmt::format("blender_mcpd_runtime_{}/", hash.substr(0, 16));
    for (const auto& file : blender::runtime_files()) {
        if (!file.path.starts_with(runtime_folder)) continue;
        files.push_back({folder + std::string(file.path.substr(runtime_folder.size())),
                         std::string(file.text)});
    }
    files.push_back(
        {"runtime_version.py",
         fmt::format("\"\"\"Which runtime is in this add-on.\"\"\"\n\nRUNTIME = \"{}\"\n", hash)});
    core::Json list{{"addon", "blender-mcpd"},
                    {"version", version},
                    {"runtime", hash},
                    {"files", core::Json::array()}};
    for (const auto& file : files)
        list["files"].push_back(file.path);
    list["files"].push_back(addon_list);
    files.push_back({std::string(addon_list), list.dump(1) + "\n"});
    return files;
}

core::Result<void> write_addon_zip(const std::filesystem::path& path) {
    auto unfinished = path;
    unfinished += fmt::format(".{}.part", ::getpid());
    errno = 0;
    const auto archive = zipOpen64(unfinished.c_str(), APPEND_STATUS_CREATE);
    if (archive == nullptr) return failure(path, std::strerror(errno));
    const auto files = addon_package();
    bool written = std::ranges::all_of(files, [&](const auto& file) { return add(archive, file); });
    written = zipClose(archive, nullptr) == ZIP_OK && written;
    std::error_code error;
    if (written) std::filesystem::rename(unfinished, path, error);
    if (written && !error) return {};
    const auto reason = error ? error.message() : std::string("it could not be written whole");
    std::filesystem::remove(unfinished, error);
    return failure(path, reason);
}

}  // namespace blender_mcpd::app
