import bpy

scene = bpy.context.scene
scene.timeline_markers.clear()
for frame, name in [(1, "start"), (40, "jump"), (88, "land")]:
    scene.timeline_markers.new(name, frame=frame)
marker = scene.timeline_markers["jump"]
marker.camera = scene.camera
old = scene.timeline_markers.new("old", frame=200)
scene.timeline_markers.remove(old)
