import bpy

with open(file=bpy.path.abspath("//readme.txt"), mode="r", encoding="utf-8") as f:
    for number, line in enumerate(f, 1):
        if line.startswith("#"):
            print(number, line.rstrip())
