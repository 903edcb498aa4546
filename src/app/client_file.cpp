#include "client_file.hpp"

#include <blender_mcpd/core/fd.hpp>
#include <blender_mcpd/guard/atomic_file.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

core::Error refused(const fs::path& path, std::string_view what, std::string remedy) {
    return {core::ErrorCode::invalid, fmt::format("{} {}", path.string(), what), std::move(remedy)};
}

core::Error system_error(const fs::path& path, std::string_view what, int error) {
    return {core::ErrorCode::unavailable,
            fmt::format("{} cannot be {}: {}", path.string(), what,
                        std::generic_category().message(error)),
            "See its permissions and those of its folder"};
}

core::Result<std::string> read_all(const fs::path& path) {
    const core::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (file.get() < 0) return system_error(path, "read", errno);
    struct stat info {};
    if (::fstat(file.get(), &info) != 0) return system_error(path, "read", errno);
    if (!S_ISREG(info.st_mode))
        return refused(path, "is no regular file", "Move it away, so that a new one can be made");
    if (info.st_uid != ::geteuid())
        return refused(path, "belongs to another user",
                       "Run this as the user whose client it is, without sudo");
    std::string text;
    std::array<char, 65'536> block{};
    while (true) {
        const auto count = ::read(file.get(), block.data(), block.size());
        if (count == 0) return text;
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_error(path, "read", errno);
        text.append(block.data(), static_cast<std::size_t>(count));
        if (text.size() > max_client_file_bytes)
            return refused(path, fmt::format("is larger than {} bytes", max_client_file_bytes),
                           "Add the entry by hand: --print shows it");
    }
}

/// "settings.json.bak-20260131-120000", with a number when that is taken.
core::Result<fs::path> write_backup(const fs::path& path, std::string_view text) {
    const auto stem =
        fmt::format("{}.bak-{:%Y%m%d-%H%M%S}", path.string(), fmt::localtime(std::time(nullptr)));
    constexpr int most = 100;
    for (int number = 1; number <= most; ++number) {
        const fs::path name = number == 1 ? stem : fmt::format("{}-{}", stem, number);
        const auto written = guard::write_file(name, text, guard::Overwrite::no);
        if (written) return name;
        std::error_code error;
        if (!fs::exists(name, error)) return written.error();
    }
    return refused(path, "has too many backups beside it", "Move some of them away");
}

}  // namespace

core::Result<ClientFile> read_client_file(const fs::path& path) {
    std::error_code error;
    ClientFile file{path, path, std::nullopt};
    const auto there = fs::symlink_status(path, error);
    if (there.type() == fs::file_type::not_found) return file;
    file.path = fs::canonical(path, error);
    if (error && fs::is_symlink(there))
        return refused(path, "is a symbolic link that leads nowhere",
                       "Remove the link, or make the file that it leads to");
    if (error) return system_error(path, "read", error.value());
    auto text = read_all(file.path);
    if (!text) return text.error();
    file.text = std::move(*text);
    return file;
}

core::Result<fs::path> replace_client_file(const ClientFile& file, std::string_view text) {
    // It may hold secrets of other servers: what is made here is the user's alone. AtomicFile keeps
    // the permissions of a file that is replaced.
    const auto mask = ::umask(0077);
    const auto write = [&]() -> core::Result<fs::path> {
        std::error_code error;
        fs::create_directories(file.path.parent_path(), error);
        const auto now = read_client_file(file.asked);
        if (!now) return now.error();
        if (now->text != file.text || now->path != file.path)
            return core::Error{core::ErrorCode::busy,
                               file.path.string() + " was changed by another program meanwhile",
                               "Close the client, then run this again"};
        fs::path backup;
        if (file.text) {
            auto written = write_backup(file.path, *file.text);
            if (!written) return written.error();
            backup = std::move(*written);
        }
        const auto replaced = guard::write_file(
            file.path, text, file.text ? guard::Overwrite::yes : guard::Overwrite::no);
        if (!replaced) return replaced.error();
        return backup;
    };
    auto result = write();
    ::umask(mask);
    return result;
}

}  // namespace blender_mcpd::app
