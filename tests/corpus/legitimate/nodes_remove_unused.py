import bpy

def reachable(tree):
    outputs = [n for n in tree.nodes if n.type.startswith('OUTPUT')]
    seen, todo = set(), list(outputs)
    while todo:
        node = todo.pop()
        if node.name in seen:
            continue
        seen.add(node.name)
        for socket in node.inputs:
            for link in socket.links:
                todo.append(link.from_node)
    return seen

for mat in bpy.data.materials:
    if not mat.use_nodes:
        continue
    keep = reachable(mat.node_tree)
    for node in list(mat.node_tree.nodes):
        if node.name not in keep:
            mat.node_tree.nodes.remove(node)
