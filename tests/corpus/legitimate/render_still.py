import bpy

scene = bpy.context.scene
scene.render.filepath = "//renders/preview.png"
scene.render.resolution_percentage = 50
bpy.ops.render.render(write_still=True)
print("written to", scene.render.filepath)
