// A credential that the user has with a service, and where it is.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <filesystem>
#include <string>

namespace blender_mcpd::core {

/// Nothing is read before read_secret(): most daemons never need it.
struct Secret {
    std::string name;              // how messages call it: "the token of Sketchfab"
    std::string source;            // where users get one: "https://sketchfab.com/settings/password"
    std::string setting;           // that names the file
    std::string variable;          // of the environment, that holds it in the file's place
    std::filesystem::path file{};  // empty: none
    std::string value{};           // of that variable; empty: it is not set

    /// Whether the user has set it up, well or not.
    [[nodiscard]] bool is_given() const { return !value.empty() || !file.empty(); }
};

/// What it is now: a file is read anew, so that it may change under a daemon that runs. Blocks on
/// the disk. Error: unavailable, with what is missing or wrong and how to mend it; it never holds
/// any of the secret.
[[nodiscard]] Result<std::string> read_secret(const Secret& secret);

}  // namespace blender_mcpd::core
