import bpy

ob = bpy.context.object
m = ob.modifiers.new("Mirror", 'MIRROR')
m.use_axis = (True, False, False)
m.use_clip = True
a = ob.modifiers.new("Array", 'ARRAY')
a.count = 5
a.relative_offset_displace = (0, 1.1, 0)
