#include <blender_mcpd/core/own_folder.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/transport/token_file.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::transport {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t token_bytes = 32;
constexpr std::size_t shortest_token = 32;
constexpr std::size_t longest_token = 1'024;

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }

  private:
    int fd_;
};

core::Error cannot(std::string_view what, const fs::path& path, int error) {
    return {core::ErrorCode::unavailable,
            fmt::format("the token file {} cannot be {}: {}", path.string(), what,
                        std::strerror(error)),
            "Name another one with --token-file"};
}

core::Error bad(const fs::path& path, std::string_view what, std::string remedy) {
    return {core::ErrorCode::invalid, fmt::format("the token file {} {}", path.string(), what),
            std::move(remedy)};
}

core::Result<void> check_private(const fs::path& path, int file) {
    struct stat info {};
    if (::fstat(file, &info) != 0) return cannot("examined", path, errno);
    if (!S_ISREG(info.st_mode))
        return bad(path, "is no regular file", "Name another one with --token-file");
    if (info.st_uid != ::geteuid())
        return bad(path, "belongs to another user", "Name another one with --token-file");
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return bad(
            path, "may be used by others, who could have read the token",
            fmt::format("Delete it, so that a new one is made, or chmod 600 {}", path.string()));
    return {};
}

core::Result<std::string> read_token(const fs::path& path, int file) {
    std::array<char, longest_token + 2> content;
    const auto size = ::read(file, content.data(), content.size());
    if (size < 0) return cannot("read", path, errno);
    std::string_view token(content.data(), static_cast<std::size_t>(size));
    while (token.ends_with('\n') || token.ends_with('\r') || token.ends_with(' '))
        token.remove_suffix(1);
    // RFC 6750, 2.1
    constexpr std::string_view characters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
    if (token.size() < shortest_token || token.size() > longest_token ||
        token.find_first_not_of(characters) != std::string_view::npos)
        return bad(path, fmt::format("holds no token of at least {} characters", shortest_token),
                   "Delete it, so that a new one is made");
    return std::string(token);
}

/// The file whole or not at all; 0 also when it is there by now.
int create(const fs::path& path, const std::string& token) {
    const auto temporary = path.string() + '.' + core::random_hex(8);
    const Descriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) return errno;
    const auto content = token + '\n';
    const auto written = ::write(file.get(), content.data(), content.size());
    int error = 0;
    if (written != static_cast<ssize_t>(content.size()))
        error = written < 0 ? errno : ENOSPC;
    else if (::link(temporary.c_str(), path.c_str()) != 0 && errno != EEXIST)
        error = errno;
    ::unlink(temporary.c_str());
    return error;
}

/// Nullopt when there is no such file.
std::optional<core::Result<std::string>> load(const fs::path& path) {
    const Descriptor file(
        ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK));
    if (file.get() < 0 && errno == ENOENT) return std::nullopt;
    if (file.get() < 0) return cannot("opened", path, errno);
    const auto safe = check_private(path, file.get());
    if (!safe) return safe.error();
    return read_token(path, file.get());
}

}  // namespace

core::Result<std::string> load_or_create_token(const fs::path& path) {
    if (const auto token = load(path)) return *token;
    core::make_own_folder(path.parent_path());  // what is wrong shows below
    if (const int error = create(path, core::random_hex(token_bytes)))
        return cannot("created", path, error);
    // Read again: another process may have been faster.
    if (const auto token = load(path)) return *token;
    return cannot("created", path, ENOENT);
}

}  // namespace blender_mcpd::transport
