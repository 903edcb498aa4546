#include "locate.hpp"

#include <blender_mcpd/core/text.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include <unistd.h>

namespace blender_mcpd::blender {

namespace fs = std::filesystem;

namespace {

bool is_program(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
}

std::vector<fs::path> find_in_path(std::string_view path) {
    std::vector<fs::path> found;
    while (!path.empty()) {
        const auto end = std::min(path.find(':'), path.size());
        fs::path candidate = fs::path(path.substr(0, end)) / "blender";
        path.remove_prefix(std::min(end + 1, path.size()));
        if (candidate.is_absolute() && is_program(candidate)) found.push_back(std::move(candidate));
    }
    return found;
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

// The highest version first; of equal ones, the one that was found first.
std::vector<fs::path> find_in_folders(const std::vector<fs::path>& folders) {
    std::vector<std::pair<Version, fs::path>> candidates;
    const auto consider = [&](const fs::path& program, Version version) {
        if (is_program(program)) candidates.emplace_back(version, program);
    };
    for (const auto& folder : folders) {
        consider(folder / "blender", {});
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(folder, error)) {
            const auto name = core::lower_case(entry.path().filename().string());
            if (name.starts_with("blender")) consider(entry.path() / "blender", version_in(name));
        }
    }
    std::ranges::stable_sort(candidates, std::greater(), &std::pair<Version, fs::path>::first);
    std::vector<fs::path> found;
    for (auto& [version, program] : candidates)
        found.push_back(std::move(program));
    return found;
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
    if (auto found = find_in_path(places.path); !found.empty()) return std::move(found.front());
    if (auto found = find_in_folders(places.folders); !found.empty())
        return std::move(found.front());
    return core::Error{core::ErrorCode::unavailable,
                       "Blender is not installed, or not in a place where it is looked for",
                       "Install it (Debian, Ubuntu: sudo apt install blender; or "
                       "https://www.blender.org/download), or set "
                       "blender.executable (or BLENDER_MCPD_BLENDER_EXECUTABLE) to its full path."};
}

std::vector<fs::path> find_blenders(const SearchPlaces& places) {
    std::vector<fs::path> candidates;
    if (!places.configured.empty() && is_program(places.configured))
        candidates.emplace_back(places.configured);
    std::ranges::move(find_in_path(places.path), std::back_inserter(candidates));
    std::ranges::move(find_in_folders(places.folders), std::back_inserter(candidates));

    std::vector<fs::path> found;
    std::set<fs::path> known;
    for (auto& program : candidates) {
        std::error_code error;
        const auto real = fs::canonical(program, error);
        if (!error && known.insert(real).second) found.push_back(std::move(program));
    }
    return found;
}

}  // namespace blender_mcpd::blender
