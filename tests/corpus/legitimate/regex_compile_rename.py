import bpy
import re

pattern = re.compile(r"^(?P<stem>[A-Za-z]+)[ _.-]?(?P<number>\d+)$")
for ob in bpy.context.selected_objects:
    m = pattern.match(ob.name)
    if m:
        ob.name = "{stem}_{number:0>3}".format(**m.groupdict())
