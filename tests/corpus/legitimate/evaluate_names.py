# Names that contain eval, exec or open are no calls of them.
import bpy

def evaluate(curve, t):
    return curve.evaluate(t)

def open_curve(spline):
    spline.use_cyclic_u = False

def executor(tasks):
    return [task() for task in tasks]

medieval = {"castle": 3, "tower": 5}
ob = bpy.context.object
if ob and ob.type == 'CURVE':
    for s in ob.data.splines:
        open_curve(s)
print(executor([lambda: len(medieval), lambda: sum(medieval.values())]))
