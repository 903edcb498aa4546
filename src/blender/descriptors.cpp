#include "descriptors.hpp"

#include <blender_mcpd/core/json.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::blender {
namespace {

namespace fs = std::filesystem;
using core::Json;

constexpr std::size_t longest_file = 16'384;
constexpr std::size_t most_files = 64;

bool is_private(const struct ::stat& about) {
    return about.st_uid == ::geteuid() && (about.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

bool is_private_folder(const fs::path& folder) {
    struct ::stat about {};
    return ::lstat(folder.c_str(), &about) == 0 && S_ISDIR(about.st_mode) && is_private(about);
}

/// Of a plain file that nobody else can read or write.
std::optional<std::string> read_private(const fs::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return {};
    std::optional<std::string> text;
    struct ::stat about {};
    if (::fstat(file, &about) == 0 && S_ISREG(about.st_mode) && is_private(about)) {
        std::array<char, longest_file> bytes{};
        const auto got = ::read(file, bytes.data(), bytes.size());
        if (got > 0) text.emplace(bytes.data(), static_cast<std::size_t>(got));
    }
    ::close(file);
    return text;
}

std::string text_of(const Json& json, const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint64_t number_of(const Json& json, const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::string version_of(const Json& json) {
    std::string version;
    const auto found = json.find("blender");
    if (found == json.end() || !found->is_array()) return version;
    for (const auto& part : *found) {
        if (!part.is_number_unsigned()) return {};
        version += fmt::format("{}{}", version.empty() ? "" : ".", part.get<std::uint64_t>());
    }
    return version;
}

std::optional<Descriptor> parse(std::string_view text) {
    const auto json = core::parse_json(text);
    if (!json || !json->is_object() || number_of(*json, "link") != 1) return {};
    const auto port = number_of(*json, "port");
    const auto pid = number_of(*json, "pid");
    Descriptor one;
    one.token = text_of(*json, "token");
    one.session = text_of(*json, "session");
    if (port == 0 || port > 65'535 || pid == 0 || pid > 0x7fff'ffff) return {};
    if (one.token.empty() || one.session.empty()) return {};
    one.port = static_cast<std::uint16_t>(port);
    one.pid = static_cast<std::int64_t>(pid);
    one.runtime = text_of(*json, "runtime");
    one.version = version_of(*json);
    one.executable = text_of(*json, "executable");
    one.file = text_of(*json, "file");
    one.background = json->value("background", Json()) == true;
    return one;
}

bool lives(std::int64_t pid) {
    return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM;
}

}  // namespace

std::vector<Descriptor> read_descriptors(const fs::path& folder) {
    std::vector<std::pair<fs::file_time_type, Descriptor>> found;
    if (!is_private_folder(folder)) return {};
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        if (found.size() == most_files) break;
        if (entry->path().extension() != ".json") continue;
        const auto text = read_private(entry->path());
        auto one = text ? parse(*text) : std::nullopt;
        if (!one || !lives(one->pid)) continue;
        std::error_code unknown;
        found.emplace_back(fs::last_write_time(entry->path(), unknown), std::move(*one));
    }
    std::ranges::sort(found, [](const auto& left, const auto& right) {
        return left.first > right.first ||
               (left.first == right.first && left.second.session < right.second.session);
    });
    std::vector<Descriptor> descriptors;
    for (auto& [time, one] : found)
        descriptors.push_back(std::move(one));
    return descriptors;
}

}  // namespace blender_mcpd::blender
