#include "fragments.hpp"

#include <blender_mcpd/assets/asset.hpp>
#include <blender_mcpd/guard/file_path.hpp>
#include <blender_mcpd/guard/names.hpp>

namespace blender_mcpd::tools::fragments {

using namespace schema;

namespace {

// Counted in characters here; the format counts bytes.
constexpr auto longest_name = guard::longest_blender_name;
constexpr double longest_distance = 1e6;

Json vector3(double limit, std::string_view description) {
    return with_format("vector", array_of(number(-limit, limit), 3, 3, description));
}

}  // namespace

Json name(std::string_view description) {
    return with_format("blender-name", string(1, longest_name, description));
}

Json names(std::size_t min, std::size_t max, std::string_view description) {
    return array_of(name(), min, max, description);
}

Json position(std::string_view description) {
    return vector3(longest_distance, description);
}

Json rotation(std::string_view description) {
    return vector3(36'000, description);
}

Json scale(std::string_view description) {
    return vector3(longest_distance, description);
}

Json box(std::string_view description) {
    return with_format("vector", array_of(number(0, longest_distance), 3, 3, description));
}

Json look_at() {
    return any_of({position(), name()}, "Point or object to face; not with rotation.");
}

Json shade() {
    return one_of({"smooth", "flat", "auto"});
}

Json colour(std::string_view description) {
    return any_of({string(7, 9), with_format("colour", array_of(number(0, 1), 3, 4))}, description);
}

Json material(std::string_view description) {
    return object(
        {
            {"name", name("An existing material is edited for all its users; else it is made.")},
            {"base_color", colour()},
            {"metallic", number(0, 1)},
            {"roughness", number(0, 1)},
            {"emission_color", colour()},
            {"emission_strength", number(0, 1e6)},
            {"alpha", number(0, 1)},
            {"ior", number(1, 4)},
            {"transmission", number(0, 1)},
        },
        description);
}

Json filter(std::string_view description) {
    return object(
        {
            {"name", string(1, longest_name, "Glob, e.g. Chair*")},
            {"type", string(1, 64, "MESH, CURVE, FONT, LIGHT, CAMERA, EMPTY, ARMATURE, …")},
            {"collection", name()},
            {"selected", boolean()},
            {"visible", boolean()},
        },
        description);
}

Json source_path(std::string_view description) {
    return with_format("file-path", string(1, guard::longest_path, description));
}

Json asset_provider(std::vector<std::string_view> besides, std::string_view description) {
    besides.insert(besides.end(), assets::provider_names.begin(), assets::provider_names.end());
    return one_of(besides, description);
}

Json asset_id() {
    return with_format("asset-id", string(1, 50, "As search_assets gave it."));
}

Json file_options() {
    return type("object",
                "Settings of Blender's operator; a wrong name is answered with the right ones.");
}

Json timeout(double max, std::string_view description) {
    return number(0.1, max, description);
}

Json text_list() {
    return list_of(type("string"));
}

Json changes() {
    return type("object",
                "{added: [names], removed: [names], changed: {name: [fields]}, left_out}");
}

Json generation() {
    return type("integer");
}

}  // namespace blender_mcpd::tools::fragments
