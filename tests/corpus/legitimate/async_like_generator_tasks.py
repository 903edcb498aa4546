import bpy
import time

def tasks():
    for i in range(5):
        bpy.ops.mesh.primitive_ico_sphere_add(radius=0.2 + 0.1 * i, location=(i, 0, 0))
        yield f"sphere {i}"
    yield from (f"collection {c.name}" for c in bpy.data.collections)

def run(gen, budget=2.0):
    end = time.monotonic() + budget
    done = []
    for step in gen:
        done.append(step)
        if time.monotonic() > end:
            gen.close()
            break
    return done

print("\n".join(run(tasks())))
