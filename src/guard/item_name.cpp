#include "item_name.hpp"

#include <vector>

namespace blender_mcpd::guard {
namespace {

using Nodes = std::vector<const SchemaNode*>;

void add_with_alternatives(Nodes& nodes, const SchemaNode* node) {
    if (node == nullptr) return;
    nodes.push_back(node);
    for (const auto* choices : {&node->any_of, &node->one_of}) {
        for (const auto& choice : *choices)
            add_with_alternatives(nodes, &choice);
    }
}

const SchemaNode* child(const SchemaNode& node, const Path& path) {
    if (path.is_index()) return node.items.get();
    for (const auto& property : node.properties) {
        if (property.name == path.member()) return &property.schema;
    }
    return node.additional.get();
}

/// Every schema that speaks about the value there.
Nodes nodes_at(const SchemaNode& root, const Path& path) {
    Nodes nodes;
    if (path.parent() == nullptr) {
        add_with_alternatives(nodes, &root);
        return nodes;
    }
    for (const auto* node : nodes_at(root, *path.parent()))
        add_with_alternatives(nodes, child(*node, path));
    return nodes;
}

}  // namespace

std::string_view item_name(const SchemaNode& array, std::size_t index) {
    if (array.format == nullptr || index >= array.format->item_names.size()) return {};
    return array.format->item_names[index];
}

std::string_view item_name(const SchemaNode& root, const Path& path) {
    if (path.parent() == nullptr || !path.is_index()) return {};
    for (const auto* node : nodes_at(root, *path.parent())) {
        if (const auto name = item_name(*node, path.index()); !name.empty()) return name;
    }
    return {};
}

std::string named_rule(std::string_view item_name, std::string_view rule) {
    std::string out(item_name);
    if (!out.empty()) out += ' ';
    out += rule;
    return out;
}

}  // namespace blender_mcpd::guard
