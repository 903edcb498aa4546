#include "addon_package.hpp"

#include "version.hpp"

#include <blender_mcpd/blender/runtime_files.hpp>
#include <blender_mcpd/core/json.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

#include <zip.h>

namespace blender_mcpd::app {

namespace {

constexpr std::string_view runtime_folder = "blender_mcpd_runtime/";

/// Discards what was added unless zip_close() has written it.
struct Discard {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};

core::Error failure(const std::filesystem::path& path, const char* reason) {
    return {core::ErrorCode::internal, fmt::format("cannot write {}: {}", path.string(), reason),
            "See the permissions of its folder, and the room on its disk."};
}

/// nullptr, or what went wrong.
const char* add(zip_t* archive, const AddonFile& file) {
    const auto name = std::string(addon_id) + '/' + file.path;
    zip_source_t* source = zip_source_buffer(archive, file.text.data(), file.text.size(), 0);
    if (source == nullptr) return zip_strerror(archive);
    const auto index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(source);
        return zip_strerror(archive);
    }
    // The first moment that the format knows, so that the same version makes the same archive.
    constexpr zip_uint16_t first_day = 1U << 5U | 1U;
    if (zip_file_set_dostime(archive, static_cast<zip_uint64_t>(index), 0, first_day, 0) != 0)
        return zip_strerror(archive);
    return nullptr;
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
    const auto files = addon_package();
    int code = 0;
    std::unique_ptr<zip_t, Discard> archive(
        zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
    if (!archive) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        auto failed = failure(path, zip_error_strerror(&error));
        zip_error_fini(&error);
        return failed;
    }
    for (const auto& file : files)
        if (const char* reason = add(archive.get(), file)) return failure(path, reason);
    // Writes another file and renames it.
    if (zip_close(archive.get()) != 0) return failure(path, zip_strerror(archive.get()));
    (void)archive.release();
    return {};
}

}  // namespace blender_mcpd::app
