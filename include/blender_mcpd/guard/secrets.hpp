// What looks like a credential, by its name.
#pragma once

#include <string_view>

namespace blender_mcpd::guard {

/// Of an environment variable: AWS_SECRET_ACCESS_KEY, GITHUB_TOKEN.
[[nodiscard]] bool is_secret_variable(std::string_view name);

/// Of a file that holds keys or passwords and nothing else: ~/.ssh/id_rsa, /etc/shadow.
[[nodiscard]] bool is_key_file(std::string_view path);

/// Of a file or folder, or the beginning of one: ~/.ssh, /etc/passwd.
[[nodiscard]] bool is_secret_path(std::string_view path);

}  // namespace blender_mcpd::guard
