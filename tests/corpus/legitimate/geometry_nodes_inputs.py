import bpy

ob = bpy.context.object
mod = next(m for m in ob.modifiers if m.type == 'NODES')
group = mod.node_group
for key in mod.keys():
    if key.startswith(("Input_", "Socket_")) and not key.endswith(("_use_attribute", "_attribute_name")):
        print(key, "=", mod[key])
if "Input_2" in mod.keys():
    mod["Input_2"] = 3.5
ob.update_tag()
print(group.name, group.users)
