// What daemons and Blenders of the user's leave on the disk, and who may read it.
#include "doctor.hpp"
#include "shared_socket.hpp"
#include "state_folder.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/transport/token_file.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

constexpr mode_t others = 0077;

/// Nullopt when there is nothing of that name. Links are not followed.
std::optional<struct stat> look_at(const fs::path& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) return std::nullopt;
    return info;
}

/// Takes away the rights of others. False when that fails, or a link has come in the way.
bool make_private(const fs::path& path, mode_t mode) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) return false;
    const bool done = ::fchmod(file, mode) == 0;
    ::close(file);
    return done;
}

std::string why_no_folder_of_ours(const struct stat& info) {
    if (S_ISLNK(info.st_mode)) return "is a symbolic link";
    if (!S_ISDIR(info.st_mode)) return "is no folder";
    if (info.st_uid != ::geteuid()) return "belongs to another user";
    return {};
}

/// Nothing to say of a folder that is not there, or as it should be.
std::optional<Finding> problem_of_folder(const fs::path& folder, bool fix) {
    const auto info = look_at(folder);
    if (!info) return std::nullopt;
    Finding finding{"folders", CheckState::error, {}, {}, {{"path", folder.string()}}};
    if (const auto why = why_no_folder_of_ours(*info); !why.empty()) {
        finding.message = fmt::format("{} {}", folder.string(), why);
        finding.remedy = fmt::format("Move it away: mv '{0}' '{0}.old'", folder.string());
        return finding;
    }
    if ((info->st_mode & others) == 0) return std::nullopt;
    if (fix && make_private(folder, 0700)) {
        finding.state = CheckState::ok;
        finding.message =
            fmt::format("{} was open to others; fixed: it is yours alone now", folder.string());
        finding.facts["fixed"] = true;
        return finding;
    }
    finding.message = fmt::format("{} is open to other users", folder.string());
    finding.remedy = fmt::format("chmod 700 '{}', or blender-mcpd doctor --fix", folder.string());
    return finding;
}

constexpr std::size_t max_descriptor_bytes = 65'536;
constexpr std::size_t max_descriptors = 1'000;  // a folder with more is not ours

struct Descriptor {
    std::string problem{};  // why it is ignored; empty when it is good
    pid_t process = 0;
    core::Json content{};
};

Descriptor read_descriptor(const fs::path& path) {
    const auto info = look_at(path);
    if (!info || !S_ISREG(info->st_mode)) return {"is no regular file"};
    if (info->st_uid != ::geteuid()) return {"belongs to another user"};
    if ((info->st_mode & others) != 0) return {"is open to other users"};
    if (static_cast<std::size_t>(info->st_size) > max_descriptor_bytes) return {"is too large"};
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const auto content = core::parse_json(text);
    if (!content || !content->is_object() || !content->contains("pid") ||
        !(*content)["pid"].is_number_integer())
        return {"is not what an add-on of ours writes"};
    return {{}, (*content)["pid"].get<pid_t>(), *content};
}

Finding stale(const fs::path& path, pid_t process, bool fix) {
    Finding finding{"open blenders", CheckState::note, {}, {}, {{"path", path.string()}}};
    finding.message =
        fmt::format("{} was left by a Blender that has ended (process {})", path.string(), process);
    if (fix && ::unlink(path.c_str()) == 0) {
        finding.state = CheckState::ok;
        finding.message += "; fixed: it is removed";
        finding.facts["fixed"] = true;
    } else {
        finding.remedy = "It does no harm; blender-mcpd doctor --fix removes it";
    }
    return finding;
}

Finding living(const core::Json& content) {
    const auto text = [&](const char* name) {
        return content.contains(name) && content[name].is_string()
                   ? content[name].get<std::string>()
                   : std::string();
    };
    const auto file = text("file");
    Finding finding{"open blenders", CheckState::ok, {}};
    finding.message = fmt::format("process {} can be used{}", content["pid"].get<pid_t>(),
                                  file.empty() ? "" : ": " + file);
    for (const auto* name :
         {"pid", "port", "blender", "executable", "file", "origin", "background"})
        if (content.contains(name)) finding.facts[name] = content[name];  // never the token
    return finding;
}

}  // namespace

Findings check_descriptors(const DoctorEnvironment& environment, const Config&) {
    const auto folder = descriptor_folder(environment.variables);
    const auto info = look_at(folder);
    // What is wrong with the folder itself is told by check_folders().
    if (!info || !why_no_folder_of_ours(*info).empty())
        return {{"open blenders", CheckState::ok, "none has an add-on of ours that runs"}};
    Findings found;
    std::error_code error;
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.path().extension() != ".json" || ++count > max_descriptors) continue;
        const auto descriptor = read_descriptor(entry.path());
        if (!descriptor.problem.empty())
            found.push_back(
                {"open blenders",
                 CheckState::warning,
                 fmt::format("{} {}: it is ignored", entry.path().string(), descriptor.problem),
                 fmt::format("Remove it: rm '{}'", entry.path().string()),
                 {{"path", entry.path().string()}}});
        else if (!fs::exists(environment.proc / std::to_string(descriptor.process), error))
            found.push_back(stale(entry.path(), descriptor.process, environment.fix));
        else
            found.push_back(living(descriptor.content));
    }
    if (found.empty())
        found.push_back({"open blenders", CheckState::ok, "none has an add-on of ours that runs"});
    return found;
}

Findings check_token(const DoctorEnvironment& environment, const Config& config) {
    if (!config.http.auth)
        return {{"token", CheckState::warning,
                 "http.auth is false: blender-mcpd serve lets every program of this machine in",
                 "Set http.auth to true"}};
    const auto folder = state_folder(environment.variables);
    const auto path = !config.http.token_file.empty() ? fs::path(config.http.token_file)
                      : folder                        ? *folder / "token"
                                                      : fs::path();
    if (path.empty())
        return {{"token", CheckState::warning, "there is no place for the token file",
                 "Set HOME, or http.token_file"}};
    Finding finding{"token", CheckState::ok, {}, {}, {{"path", path.string()}}};
    const auto info = look_at(path);
    if (!info) {
        finding.message = "there is none yet: the first blender-mcpd serve makes it";
        return {std::move(finding)};
    }
    const bool open =
        S_ISREG(info->st_mode) && info->st_uid == ::geteuid() && (info->st_mode & others) != 0;
    if (open && environment.fix && make_private(path, 0600)) {
        finding.message = fmt::format(
            "{} was open to others, who may have read it; fixed: it is yours alone now. Delete it "
            "to "
            "get a new one",
            path.string());
        finding.facts["fixed"] = true;
        return {std::move(finding)};
    }
    const auto token = transport::load_or_create_token(path);
    if (token) {
        finding.message = fmt::format("{} is yours alone", path.string());
        return {std::move(finding)};
    }
    finding.state = CheckState::error;
    finding.message = token.error().message;
    finding.remedy =
        token.error().remedy + (open ? "; blender-mcpd doctor --fix does the latter" : "");
    return {std::move(finding)};
}

Findings check_folders(const DoctorEnvironment& environment, const Config& config) {
    std::set<fs::path> folders{descriptor_folder(environment.variables),
                               descriptor_folder(environment.variables).parent_path()};
    // What holds them need not be closed.
    if (const auto lasting = lasting_folder(environment.variables))
        folders.insert({*lasting / "recovery", *lasting / "crashes"});
    if (config.socket.path.empty())
        folders.insert(fs::path(socket_path(config, environment.variables)).parent_path());
    Findings found;
    auto names = core::Json::array();
    for (const auto& folder : folders) {
        names.push_back(folder.string());
        if (auto problem = problem_of_folder(folder, environment.fix))
            found.push_back(std::move(*problem));
    }
    if (found.empty())
        found.push_back({"folders",
                         CheckState::ok,
                         "those of blender-mcpd are yours alone, or not made yet",
                         {},
                         {{"paths", std::move(names)}}});
    return found;
}

}  // namespace blender_mcpd::app
