#include <blender_mcpd/core/fd.hpp>
#include <blender_mcpd/core/secret_file.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/transport/token_file.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::transport {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t token_bytes = 32;

// RFC 6750, 2.1
constexpr core::SecretRules token_rules{
    .noun = "token",
    .characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=",
    .shortest = 32,
    .longest = 1'024,
};

core::SecretFileRemedies remedies() {
    return {"Name another one with --token-file", "Delete it, so that a new one is made"};
}

core::Error not_created(const fs::path& path, int error) {
    return {
        core::ErrorCode::unavailable,
        fmt::format("the token file {} cannot be created: {}", path.string(), std::strerror(error)),
        remedies().other};
}

/// The file whole or not at all; 0 also when it is there by now.
int create(const fs::path& path, const std::string& token) {
    const auto temporary = path.string() + '.' + core::random_hex(8);
    const core::Fd file(
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
    auto read = core::read_secret_file(path, token_rules, remedies());
    if (!read) return read.error();
    if (!*read) return std::nullopt;
    return std::move(**read);
}

}  // namespace

core::Result<std::string> load_or_create_token(const fs::path& path) {
    if (const auto token = load(path)) return *token;
    std::error_code ignored;
    if (path.has_parent_path()) {
        fs::create_directories(path.parent_path().parent_path(), ignored);
        (void)::mkdir(path.parent_path().c_str(), 0700);  // what is wrong shows below
    }
    if (const int error = create(path, core::random_hex(token_bytes)))
        return not_created(path, error);
    // Read again: another process may have been faster.
    if (const auto token = load(path)) return *token;
    return not_created(path, ENOENT);
}

}  // namespace blender_mcpd::transport
