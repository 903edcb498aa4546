// One secret in a file of the user's own: read only where nobody else could have put or read it.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::core {

/// What a secret is made of, and how messages call it.
struct SecretRules {
    std::string_view noun;        // "token"
    std::string_view characters;  // that it may have; empty: those of ASCII that can be seen
    std::size_t shortest = 1;     // in bytes
    std::size_t longest = 4'096;
};

/// The remedies of what can be wrong with a file.
struct SecretFileRemedies {
    std::string other;  // when it will not do: "Name another one with --token-file"
    std::string anew;   // how to get a good one: "Delete it, so that a new one is made"
};

/// Completes "it …": what speaks against that text; empty: nothing. Never holds any of it.
[[nodiscard]] std::string problem_of_secret(std::string_view text, const SecretRules& rules);

/// The secret in the file, without spaces and line ends after it; nullopt when there is no such
/// file. Blocks on the disk.
///
/// Errors: invalid when others may read or write the file, when it is not the user's, no regular
/// file (a link is none), or holds no such secret; unavailable when it cannot be read. No error
/// holds the secret.
[[nodiscard]] Result<std::optional<std::string>> read_secret_file(
    const std::filesystem::path& path, const SecretRules& rules,
    const SecretFileRemedies& remedies);

}  // namespace blender_mcpd::core
