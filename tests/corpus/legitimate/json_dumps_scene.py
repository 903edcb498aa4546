import json
import bpy

def rounded(v, n=4):
    return [round(x, n) for x in v]

print(json.dumps([
    {"name": o.name, "type": o.type, "location": rounded(o.location), "visible": o.visible_get()}
    for o in bpy.context.scene.objects
], indent=1))
