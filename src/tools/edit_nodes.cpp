#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace blender_mcpd::tools {
namespace {

using namespace schema;

constexpr std::size_t max_operations = 200;
constexpr double farthest = 1e5;  // in the node editor

Json tree() {
    return outlined(object(
        {
            {"kind", one_of({"material", "world", "geometry", "compositor", "group"}), required},
            {"name", fragments::name()},
            {"object", fragments::name()},
            {"modifier", fragments::name()},
        },
        "{kind: material, world, geometry, compositor or group, name, object and modifier (of "
        "geometry)}; made if missing"));
}

/// [node, socket]
Json end() {
    return array_of(any_of({integer(0, 999), string(1, 255)}), 2, 2);
}

/// By socket or property; what they may be depends on those.
Json values() {
    auto out = type("object");
    out["maxProperties"] = 100;
    return out;
}

Json operation() {
    return outlined(object(
        {
            {"add", string(1, 128)},
            {"set", string(1, 128)},
            {"link", array_of(end(), 2, 2)},
            {"unlink", end()},
            {"remove", string(1, 128)},
            {"interface", one_of({"add_input", "add_output", "remove_input", "remove_output"})},
            {"name", fragments::name()},
            {"label", string(0, 63)},
            {"location", array_of(number(-farthest, farthest), 2, 2)},
            {"values", values()},
            {"image", fragments::source_path()},
            {"colorspace", string(1, 64)},
            {"socket_type", string(1, 64)},
        },
        "One of {add: type, name, label, location, values, image: path, colorspace}, {set: node, "
        "…}, {link: [[node, output], [node, input]]}, {unlink: [node, socket]}, {remove: node or "
        "*}, {interface: add_input, name, socket_type, values} (also add_output, remove_…)"));
}

SourcePaths source_paths(core::Json& arguments) {
    SourcePaths paths;
    const auto operations = arguments.find("operations");
    if (operations == arguments.end()) return paths;
    for (std::size_t index = 0; index < operations->size(); ++index) {
        const auto image = (*operations)[index].find("image");
        if (image != (*operations)[index].end())
            paths.push_back({&*image, fmt::format("operations[{}].image", index)});
    }
    return paths;
}

}  // namespace

Spec edit_nodes_spec() {
    return {
        .name = "edit_nodes",
        .title = "Edit nodes",
        .description =
            "Edits a node tree, all or none. Nodes go by name, type (ShaderNodeTexNoise) or label, "
            "sockets by name, identifier or index, values by input or property. Angles in degrees. "
            "Without operations it only reads. Returns nodes and links.",
        .input = object({
            {"tree", tree(), required},
            {"operations", array_of(operation(), 0, max_operations)},
            {"layout", boolean("Arrange all nodes.")},
        }),
        .output = result({
            {"tree", type("object"), required},
            {"notes", fragments::text_list()},
            {"changes", fragments::changes(), required},
            {"generation", fragments::generation(), required},
        }),
        .annotations = {.read_only = false,
                        .destructive = true,
                        .idempotent = false,
                        .open_world = false},
        .source_paths = source_paths,
    };
}

mcp::Tool edit_nodes(const Toolbox& toolbox) {
    return pass_through(edit_nodes_spec(), toolbox);
}

}  // namespace blender_mcpd::tools
