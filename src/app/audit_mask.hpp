// Secrets that do not belong into a log: what is called so, and what looks like one.
#pragma once

#include <blender_mcpd/core/json.hpp>

#include <string>
#include <string_view>

namespace blender_mcpd::app {

/// What stands in the place of each.
inline constexpr std::string_view secret_mask = "[masked]";

/// Masks texts below members whose name says that they are secret (token, password, api_key, …),
/// and in all other texts what mask_secrets() finds. Numbers and the like stay.
void mask_secrets(core::Json& value);

/// Masks, wherever they stand in it: keys with the prefixes that services give them (sk-…, ghp_…,
/// AKIA…), JSON Web Tokens, credentials after Bearer and Basic and in URLs, private keys, and texts
/// that are given to a secret name, as in `password = "…"`. Linear in its size; any bytes.
[[nodiscard]] std::string mask_secrets(std::string_view text);

}  // namespace blender_mcpd::app
