// The Blenders of this machine, and the add-on in them.
#include "doctor.hpp"

#include <blender_mcpd/blender/installations.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds version_limit{3'500};

// The oldest that the tests run with; older ones were never tried.
constexpr int oldest_major = 3;
constexpr int oldest_minor = 4;

/// From a line "Blender 4.3.2" or "Blender 4.2.1 LTS"; empty when there is none.
std::string version_in(std::string_view output) {
    constexpr std::string_view mark = "Blender ";
    for (std::size_t at = output.find(mark); at != std::string_view::npos;
         at = output.find(mark, at + 1)) {
        const auto rest = output.substr(at + mark.size());
        const auto length = std::min(rest.find_first_not_of("0123456789."), rest.size());
        if (length > 0) return std::string(rest.substr(0, length));
    }
    return {};
}

bool is_older_than_tested(const std::string& version) {
    int major = 0;
    int minor = 0;
    const auto* end = version.data() + version.size();
    const auto [dot, error] = std::from_chars(version.data(), end, major);
    if (error != std::errc() || dot == end) return false;
    std::from_chars(dot + 1, end, minor);
    return major < oldest_major || (major == oldest_major && minor < oldest_minor);
}

Finding of_version(const fs::path& program) {
    Finding finding{"blender", CheckState::ok, {}};
    finding.facts["executable"] = program.string();
    const auto output = blender::run_program({program.string(), "--version"}, version_limit);
    if (!output) {
        finding.state = CheckState::error;
        finding.message = fmt::format("{} --version: {}", program.string(), output.error().message);
        finding.remedy =
            "Run that line by hand to see why; blender.executable names another Blender";
        return finding;
    }
    const auto version = version_in(*output);
    finding.facts["version"] = version;
    if (version.empty()) {
        finding.state = CheckState::error;
        finding.message = fmt::format("{} does not say that it is a Blender", program.string());
        finding.remedy = "Set blender.executable to the full path of Blender";
        return finding;
    }
    finding.message = fmt::format("{} is Blender {}", program.string(), version);
    if (is_older_than_tested(version)) {
        finding.state = CheckState::warning;
        finding.remedy =
            fmt::format("Older than {}.{}, the oldest that is tested: install a newer one",
                        oldest_major, oldest_minor);
    }
    return finding;
}

blender::SearchPlaces places(const DoctorEnvironment& environment, const Config& config) {
    auto places = environment.blender_places;
    places.configured = config.blender.executable;
    return places;
}

/// Blender's folders of the user's, one a version.
std::vector<fs::path> user_folders(const DoctorEnvironment& environment) {
    // BLENDER_USER_RESOURCES takes the place of all of them.
    if (const auto own = variable(environment, "BLENDER_USER_RESOURCES"); own.starts_with('/'))
        return {own};
    fs::path parent;
    const auto home = variable(environment, "HOME");
    const auto config = variable(environment, "XDG_CONFIG_HOME");
    if (environment.macos && home.starts_with('/'))
        parent = fs::path(home) / "Library/Application Support/Blender";
    else if (config.starts_with('/'))
        parent = fs::path(config) / "blender";
    else if (home.starts_with('/'))
        parent = fs::path(home) / ".config/blender";
    std::vector<fs::path> folders;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(parent, error))
        if (entry.is_directory(error)) folders.push_back(entry.path());
    std::ranges::sort(folders);
    return folders;
}

}  // namespace

Findings check_blender(const DoctorEnvironment& environment, const Config& config) {
    const auto found = blender::find_blender(places(environment, config));
    if (found) return {of_version(*found)};
    const bool needed = config.blender.launch != Launch::never;
    return {{"blender", needed ? CheckState::error : CheckState::note, found.error().message,
             found.error().remedy}};
}

Findings check_other_blenders(const DoctorEnvironment& environment, const Config& config) {
    const auto used = blender::find_blender(places(environment, config));
    std::string list;
    auto paths = core::Json::array();
    for (const auto& program : blender::find_blenders(environment.blender_places)) {
        std::error_code error;
        if (used && fs::equivalent(program, *used, error)) continue;
        list += (list.empty() ? "" : ", ") + program.string();
        paths.push_back(program.string());
    }
    if (list.empty()) return {};
    return {{"other blenders",
             CheckState::note,
             "there are more: " + list,
             "To use one of them, set blender.executable to it",
             {{"executables", std::move(paths)}}}};
}

Findings check_addon(const DoctorEnvironment& environment, const Config&) {
    auto found = core::Json::array();
    std::string list;
    for (const auto& folder : user_folders(environment))
        for (const auto* place :
             {"scripts/addons/blender_mcpd", "extensions/user_default/blender_mcpd"}) {
            std::error_code error;
            const auto path = folder / place;
            if (!fs::is_directory(path, error)) continue;
            list += (list.empty() ? "" : ", ") + path.string();
            found.push_back({{"blender", folder.filename().string()}, {"path", path.string()}});
        }
    if (list.empty())
        return {{"add-on", CheckState::note,
                 "the add-on is in no Blender of yours; only a Blender with a window needs one",
                 "To work in a Blender that you have open: blender-mcpd addon install"}};
    return {{"add-on", CheckState::ok, "it is in " + list, {}, {{"installed", std::move(found)}}}};
}

}  // namespace blender_mcpd::app
