#include <blender_mcpd/core/secret.hpp>
#include <blender_mcpd/core/secret_file.hpp>

#include <fmt/format.h>

#include <utility>

namespace blender_mcpd::core {
namespace {

constexpr SecretRules key_rules{.noun = "key", .characters = {}, .shortest = 8, .longest = 4'096};

/// `is` completes "the token of Sketchfab …".
Error missing(const Secret& secret, const std::string& is) {
    return {ErrorCode::unavailable, fmt::format("{} {}", secret.name, is),
            fmt::format("Get one at {}, write it into a file that is yours alone (chmod 600), and "
                        "name that in {}; or set the variable {}",
                        secret.source, secret.setting, secret.variable)};
}

}  // namespace

Result<std::string> read_secret(const Secret& secret) {
    if (!secret.value.empty()) {
        if (const auto problem = problem_of_secret(secret.value, key_rules); !problem.empty())
            return Error{ErrorCode::unavailable,
                         fmt::format("the variable {} {}", secret.variable, problem),
                         fmt::format("Set it to the key that is shown at {}", secret.source)};
        return secret.value;
    }
    if (secret.file.empty()) return missing(secret, "is missing");
    auto read =
        read_secret_file(secret.file, key_rules,
                         {fmt::format("Name another one in {}", secret.setting),
                          fmt::format("Write the key into it that is shown at {}", secret.source)});
    if (!read) {
        auto error = read.error();
        error.code = ErrorCode::unavailable;
        return error;
    }
    if (!*read)
        return missing(secret,
                       fmt::format("is missing: there is no file {}", secret.file.string()));
    return std::move(**read);
}

}  // namespace blender_mcpd::core
