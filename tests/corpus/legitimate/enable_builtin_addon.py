import bpy

bpy.ops.preferences.addon_enable(module="node_wrangler")
print("node_wrangler" in bpy.context.preferences.addons)
