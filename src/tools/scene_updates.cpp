#include "scene_updates.hpp"

#include "resources.hpp"

#include <algorithm>
#include <string>

namespace blender_mcpd::tools {
namespace {

/// Data that the descriptions of objects show, so that it is not known whose have changed.
bool is_shown_by_objects(const std::string& name) {
    return name.starts_with("material:") || name.starts_with("action:");
}

bool any_object(const blender::SceneChange& change) {
    return change.more || change.file_changed ||
           std::any_of(change.changed.begin(), change.changed.end(), is_shown_by_objects);
}

}  // namespace

void tell(mcp::Registry& registry, const blender::SceneChange& change) {
    registry.updated(std::string(scene_uri));
    registry.updated(std::string(status_uri));
    // An object that comes or goes is named, its collection is not.
    registry.updated_below(std::string(collection_uris));
    if (any_object(change)) return registry.updated_below(std::string(object_uris));
    for (const auto& name : change.changed)
        registry.updated(std::string(object_uris) + mcp::percent_encoded(name));
}

}  // namespace blender_mcpd::tools
