import bpy

data = bpy.context.object.data
short = [s for s in data.splines if s.calc_length() < 0.05]
for s in short:
    data.splines.remove(s)
print(f"{len(short)} splines removed, {len(data.splines)} kept")
