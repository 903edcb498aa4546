import json
import bpy

text = open("assets.json", encoding="utf-8").read()
for entry in json.loads(text)["objects"]:
    ob = bpy.data.objects.get(entry["name"])
    if ob is None:
        print("missing:", entry["name"])
        continue
    ob.location = entry.get("location", ob.location)
    ob.scale = entry.get("scale", (1, 1, 1))
