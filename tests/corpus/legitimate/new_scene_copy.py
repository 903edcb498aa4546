import bpy

original = bpy.context.scene
bpy.ops.scene.new(type='LINK_COPY')
shot = bpy.context.scene
shot.name = "Shot 020"
shot.frame_start, shot.frame_end = 101, 180
bpy.context.window.scene = original
