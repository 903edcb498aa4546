from pathlib import Path
import bpy

names = Path("//names.txt"[2:]).read_text(encoding="utf-8").split() if Path("names.txt").is_file() else []
for ob, name in zip(bpy.context.selected_objects, names):
    ob.name = name
