import bpy

def label(scene, _depsgraph=None):
    ob = scene.objects.get("Counter")
    if ob and ob.type == 'FONT':
        ob.data.body = f"{scene.frame_current:04d}"

for old in [h for h in bpy.app.handlers.frame_change_pre if h.__name__ == "label"]:
    bpy.app.handlers.frame_change_pre.remove(old)
bpy.app.handlers.frame_change_pre.append(label)
