import bpy
from math import radians
from mathutils import Matrix, Vector

RULES = {"F": "FF", "X": "F[+X][-X][&X]FX"}

def expand(axiom, n):
    for _ in range(n):
        axiom = "".join(RULES.get(c, c) for c in axiom)
    return axiom

def draw(program, step=0.2, angle=radians(25)):
    stack, verts, edges = [], [Vector()], []
    turn, at = Matrix.Identity(3), 0
    axes = {"+": ('X', 1), "-": ('X', -1), "&": ('Y', 1)}
    for c in program:
        if c == "F":
            verts.append(verts[at] + turn @ Vector((0, 0, step)))
            edges.append((at, len(verts) - 1))
            at = len(verts) - 1
        elif c in axes:
            axis, sign = axes[c]
            turn = turn @ Matrix.Rotation(sign * angle, 3, axis)
        elif c == "[":
            stack.append((at, turn.copy()))
        elif c == "]":
            at, turn = stack.pop()
    return verts, edges

verts, edges = draw(expand("X", 4))
me = bpy.data.meshes.new("Tree")
me.from_pydata(verts, edges, [])
ob = bpy.data.objects.new("Tree", me)
bpy.context.collection.objects.link(ob)
ob.modifiers.new("Skin", 'SKIN')
ob.modifiers.new("Subdivision", 'SUBSURF').levels = 1
