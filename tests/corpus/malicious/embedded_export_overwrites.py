# why: an export of vertex lists overwrites a start-up file
import bpy

def lines(ob):
    mw = ob.matrix_world
    yield f"o {ob.name}"
    for v in ob.data.vertices:
        co = mw @ v.co
        yield f"v {co.x:.5f} {co.y:.5f} {co.z:.5f}"
    for p in ob.data.polygons:
        yield "f " + " ".join(str(i + 1) for i in p.vertices)

target = "/home/user/.profile"
selected = [o for o in bpy.context.selected_objects if o.type == 'MESH']
if not selected:
    raise RuntimeError("select something first")

with open(target, "w", encoding="utf-8") as out:
    out.write("# exported\n")
    for ob in selected:
        out.write("\n".join(lines(ob)))
        out.write("\n")

print(f"{len(selected)} objects -> {target}")
