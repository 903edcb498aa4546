import bpy

# Joined, reversed and replaced strings are everyday things.
name = "".join(w.capitalize() for w in "old wooden door".split())
slug = "-".join(["asset", name.lower()[::-1], "%03d" % 7]).replace("--", "-")
ob = bpy.context.object
ob["slug"] = slug
ob.name = "{}_{}".format(name, "ev" + "al"[:1])
print(slug, ob.name, bytes("ä", "utf-8").hex(), chr(65), ord("Z"))
