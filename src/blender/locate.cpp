#include "locate.hpp"

#include <blender_mcpd/core/text.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <optional>
#include <system_error>

#include <unistd.h>

namespace blender_mcpd::blender {

namespace fs = std::filesystem;

namespace {

bool is_program(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
}

std::optional<fs::path> find_in_path(std::string_view path) {
    while (!path.empty()) {
        const auto end = std::min(path.find(':'), path.size());
        const fs::path candidate = fs::path(path.substr(0, end)) / "blender";
        path.remove_prefix(std::min(end + 1, path.size()));
        if (candidate.is_absolute() && is_program(candidate)) return candidate;
    }
    return std::nullopt;
}

using Version = std::array<int, 3>;

// "blender-4.3.2-linux-x64" -> 4.3.2; no digits: 0.0.0.
Version version_in(std::string_view name) {
    Version version{};
    std::size_t part = 0;
    std::size_t i = std::min(name.find_first_of("0123456789"), name.size());
    while (part < version.size() && i < name.size() &&
           std::isdigit(static_cast<unsigned char>(name[i])) != 0) {
        while (i < name.size() && std::isdigit(static_cast<unsigned char>(name[i])) != 0)
            version[part] = std::min(version[part] * 10 + (name[i++] - '0'), 1'000'000);
        ++part;
        if (i < name.size() && name[i] == '.') ++i;
    }
    return version;
}

std::optional<fs::path> find_newest(const std::vector<fs::path>& folders) {
    std::optional<fs::path> best;
    Version best_version{};
    const auto consider = [&](const fs::path& program, Version version) {
        if (is_program(program) && (!best || version > best_version)) {
            best = program;
            best_version = version;
        }
    };
    for (const auto& folder : folders) {
        consider(folder / "blender", {});
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(folder, error)) {
            const auto name = core::lower_case(entry.path().filename().string());
            if (name.starts_with("blender")) consider(entry.path() / "blender", version_in(name));
        }
    }
    return best;
}

}  // namespace

SearchPlaces usual_places(std::string configured) {
    SearchPlaces places{std::move(configured), {}, {}};
    if (const char* path = std::getenv("PATH")) places.path = path;
    places.folders = {"/usr/local/bin", "/usr/bin", "/opt", "/usr/local", "/snap/bin"};
    if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
        for (const char* folder : {"", "bin", ".local/bin", "opt", ".local/opt", "Applications",
                                   "apps", "Downloads", ".steam/steam/steamapps/common"})
            places.folders.push_back(fs::path(home) / folder);
    }
    return places;
}

core::Result<fs::path> find_blender(const SearchPlaces& places) {
    if (!places.configured.empty()) {
        if (is_program(places.configured)) return fs::path(places.configured);
        return core::Error{
            core::ErrorCode::unavailable,
            "blender.executable is " + places.configured + ", which is not a program",
            "Set blender.executable (or BLENDER_MCPD_BLENDER_EXECUTABLE) to the full path of "
            "Blender."};
    }
    if (const auto found = find_in_path(places.path)) return *found;
    if (const auto found = find_newest(places.folders)) return *found;
    return core::Error{core::ErrorCode::unavailable,
                       "Blender is not installed, or not in a place where it is looked for",
                       "Install it (Debian, Ubuntu: sudo apt install blender; or "
                       "https://www.blender.org/download), or set "
                       "blender.executable (or BLENDER_MCPD_BLENDER_EXECUTABLE) to its full path."};
}

}  // namespace blender_mcpd::blender
