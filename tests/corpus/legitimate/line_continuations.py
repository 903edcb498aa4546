import bpy

total = \
    sum(len(m.vertices)
        for m in bpy.data.meshes) \
    + len(bpy.data.curves) \
    + 0
result = (bpy  # the module
          .data  # all data
          .objects  # objects
          .keys())
print(total, result)
