#include <blender_mcpd/core/fd.hpp>
#include <blender_mcpd/core/secret_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::core {

namespace fs = std::filesystem;

namespace {

/// A file, and how to speak of it.
struct Reading {
    const fs::path& path;
    const SecretRules& rules;
    const SecretFileRemedies& remedies;

    [[nodiscard]] Error cannot(std::string_view what, int error) const {
        return {ErrorCode::unavailable,
                fmt::format("the {} file {} cannot be {}: {}", rules.noun, path.string(), what,
                            std::strerror(error)),
                remedies.other};
    }

    [[nodiscard]] Error bad(std::string_view what, std::string remedy) const {
        return {ErrorCode::invalid,
                fmt::format("the {} file {} {}", rules.noun, path.string(), what),
                std::move(remedy)};
    }

    [[nodiscard]] Result<void> check_private(int file) const {
        struct stat info {};
        if (::fstat(file, &info) != 0) return cannot("examined", errno);
        if (!S_ISREG(info.st_mode)) return bad("is no regular file", remedies.other);
        if (info.st_uid != ::geteuid()) return bad("belongs to another user", remedies.other);
        if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
            return bad(fmt::format("may be used by others, who could have read the {}", rules.noun),
                       fmt::format("{}, or chmod 600 {}", remedies.anew, path.string()));
        return {};
    }

    [[nodiscard]] Result<std::string> content(int file) const {
        std::string text(rules.longest + 2, '\0');
        const auto size = ::read(file, text.data(), text.size());
        if (size < 0) return cannot("read", errno);
        text.resize(static_cast<std::size_t>(size));
        text.resize(text.find_last_not_of("\r\n ") + 1);
        if (const auto problem = problem_of_secret(text, rules); !problem.empty())
            return bad(problem, remedies.anew);
        return text;
    }
};

}  // namespace

std::string problem_of_secret(std::string_view text, const SecretRules& rules) {
    if (text.empty()) return "is empty";
    if (text.size() < rules.shortest)
        return fmt::format("holds no {} of at least {} characters", rules.noun, rules.shortest);
    if (text.size() > rules.longest)
        return fmt::format("holds more than {} characters, which is no {}", rules.longest,
                           rules.noun);
    const auto fits = [&](char letter) {
        return rules.characters.empty() ? letter > ' ' && letter < 0x7F
                                        : rules.characters.find(letter) != std::string_view::npos;
    };
    if (!std::ranges::all_of(text, fits))
        return fmt::format("holds characters that no {} has, such as spaces or a second line",
                           rules.noun);
    return {};
}

Result<std::optional<std::string>> read_secret_file(const fs::path& path, const SecretRules& rules,
                                                    const SecretFileRemedies& remedies) {
    const Reading reading{path, rules, remedies};
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK));
    if (file.get() < 0 && errno == ENOENT) return std::optional<std::string>();
    if (file.get() < 0) return reading.cannot("opened", errno);
    if (const auto safe = reading.check_private(file.get()); !safe) return safe.error();
    auto content = reading.content(file.get());
    if (!content) return content.error();
    return std::optional(std::move(*content));
}

}  // namespace blender_mcpd::core
