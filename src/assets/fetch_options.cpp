#include "fetch_options.hpp"

namespace blender_mcpd::assets {

HttpLimits http_limits(const AssetsOptions& options) {
    HttpLimits limits;
    limits.connect = options.connect_timeout;
    limits.first_byte = options.inactivity_timeout;
    limits.inactivity = options.inactivity_timeout;
    limits.total = options.timeout;
    return limits;
}

StoreOptions store_options(const AssetsOptions& options) {
    StoreOptions store;
    store.folder = options.cache;
    store.max_bytes = options.cache_bytes;
    store.max_download = options.max_download;
    return store;
}

std::string user_agent(const AssetsOptions& options) {
    return "blender-mcpd/" + options.version + " (Blender assets for MCP clients)";
}

}  // namespace blender_mcpd::assets
