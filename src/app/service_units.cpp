#include "service_units.hpp"

#include <blender_mcpd/guard/atomic_file.hpp>

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view mark = "# Written by `blender-mcpd service install`.\n";

std::string_view name_of(ServiceScope scope) {
    return scope == ServiceScope::user ? "user" : "system";
}

std::string extension(UnitKind kind) {
    return kind == UnitKind::service ? ".service" : ".socket";
}

std::optional<std::string> content(const fs::path& file) {
    std::error_code error;
    if (!fs::is_regular_file(fs::symlink_status(file, error))) return std::nullopt;
    std::ifstream stream(file, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

core::Error foreign(const fs::path& file, std::string_view action) {
    return {core::ErrorCode::invalid,
            fmt::format("{} is there already, and was not written by this program", file.string()),
            fmt::format("Look at it; --force {} it", action)};
}

core::Error failed(std::string what, const std::error_code& error) {
    return {core::ErrorCode::unavailable, std::move(what) + ": " + error.message(),
            error == std::errc::permission_denied ? "Run it with sudo, or with --user"
                                                  : "Look at that folder"};
}

}  // namespace

std::string unit_name(UnitKind kind) {
    return "blender-mcpd" + extension(kind);
}

std::string unit_word(const std::string& word) {
    constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,@+";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
    std::string text = "\"";
    for (const char character : word) {
        switch (character) {
            case '%':
            case '$':
                text += character;
                text += character;
                break;
            case '"':
            case '\\':
                text += '\\';
                text += character;
                break;
            case '\n':
                text += "\\n";
                break;
            default:
                text += character;
        }
    }
    return text + '"';
}

std::string unit_text(ServiceScope scope, UnitKind kind, const std::vector<std::string>& command) {
    constexpr std::string_view placeholder = "@command@";
    std::string line;
    for (const auto& word : command)
        line += (line.empty() ? "" : " ") + unit_word(word);
    std::string text(mark);
    text += unit_template(std::string(name_of(scope)) + extension(kind));
    if (const auto at = text.find(placeholder); at != std::string::npos)
        text.replace(at, placeholder.size(), line);
    return text;
}

core::Result<fs::path> unit_folder(ServiceScope scope,
                                   const std::map<std::string, std::string>& environment) {
    if (scope == ServiceScope::system) return fs::path("/etc/systemd/system");
    // Relative ones are to be ignored (XDG base directory specification).
    for (const auto& [variable, below] : {std::pair{"XDG_CONFIG_HOME", "systemd/user"},
                                          std::pair{"HOME", ".config/systemd/user"}}) {
        const auto found = environment.find(variable);
        if (found != environment.end() && found->second.starts_with('/'))
            return fs::path(found->second) / below;
    }
    return core::Error{core::ErrorCode::invalid, "HOME is not set", "Set it"};
}

fs::path package_unit_folder(ServiceScope scope, const fs::path& program) {
    return program.parent_path().parent_path() / "lib/systemd" / name_of(scope);
}

UnitState unit_state(const fs::path& file) {
    std::error_code error;
    if (!fs::exists(fs::symlink_status(file, error))) return UnitState::absent;
    const auto text = content(file);
    return text && text->starts_with(mark) ? UnitState::ours : UnitState::foreign;
}

std::vector<fs::path> links_to_unit(const fs::path& file) {
    std::vector<fs::path> links;  // "default.target.wants/…" and the like
    std::error_code error;
    for (const auto& folder : fs::directory_iterator(file.parent_path(), error)) {
        const auto extension = folder.path().extension();
        if (extension != ".wants" && extension != ".requires") continue;
        const auto link = folder.path() / file.filename();
        std::error_code none;
        if (fs::read_symlink(link, none) == file) links.push_back(link);
    }
    return links;
}

bool is_unit(const fs::path& file, const std::string& text) {
    return content(file) == text;
}

core::Result<void> write_unit(const fs::path& file, const std::string& text, bool force) {
    if (unit_state(file) == UnitState::foreign && !force) return foreign(file, "replaces");
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (error) return failed("cannot make " + file.parent_path().string(), error);
    if (auto written = guard::write_file(file, text, guard::Overwrite::yes); !written)
        return written.error();
    // Units are no secret, and systemd complains of those that only root may read.
    fs::permissions(file, fs::perms{0644}, error);
    if (error) return failed("cannot set the mode of " + file.string(), error);
    return {};
}

core::Result<std::vector<fs::path>> remove_unit(const fs::path& file, bool force) {
    std::vector<fs::path> removed;
    const auto state = unit_state(file);
    if (state == UnitState::absent) return removed;
    if (state == UnitState::foreign && !force) return foreign(file, "removes");
    auto paths = links_to_unit(file);
    paths.push_back(file);
    for (const auto& path : paths) {
        std::error_code error;
        if (fs::remove(path, error)) removed.push_back(path);
        if (error) return failed("cannot remove " + path.string(), error);
        if (path != file && fs::is_empty(path.parent_path(), error))
            fs::remove(path.parent_path(), error);
    }
    return removed;
}

}  // namespace blender_mcpd::app
