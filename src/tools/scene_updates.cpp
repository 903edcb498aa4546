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

void tell_under(std::string_view instance, mcp::Registry& registry,
                const blender::SceneChange& change) {
    registry.updated(uri_of(instance, "scene"));
    registry.updated(uri_of(instance, "credits"));
    registry.updated(std::string(status_uri));
    // An object that comes or goes is named, its collection is not.
    registry.updated_below(uri_of(instance, "collection/"));
    const auto objects = uri_of(instance, "object/");
    if (any_object(change)) return registry.updated_below(objects);
    for (const auto& name : change.changed)
        registry.updated(objects + mcp::percent_encoded(name));
}

}  // namespace

void tell(mcp::Registry& registry, const blender::SceneChange& change) {
    if (!change.instance.empty()) tell_under(change.instance, registry, change);
    if (change.current) tell_under(blender::current_instance, registry, change);
}

}  // namespace blender_mcpd::tools
