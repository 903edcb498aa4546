// What the options of the library mean for requests and for the store.
#pragma once

#include "http.hpp"
#include "store.hpp"

#include <blender_mcpd/assets/assets.hpp>

#include <string>

namespace blender_mcpd::assets {

[[nodiscard]] HttpLimits http_limits(const AssetsOptions& options);
[[nodiscard]] StoreOptions store_options(const AssetsOptions& options);
/// Who asks, for providers.
[[nodiscard]] std::string user_agent(const AssetsOptions& options);

}  // namespace blender_mcpd::assets
