import bpy

PROFILES = {
    "Pawn": [(0.4, 0), (0.4, 0.1), (0.2, 0.3), (0.15, 0.7), (0.25, 0.75), (0.2, 0.9), (0, 1.05)],
    "Rook": [(0.45, 0), (0.45, 0.15), (0.28, 0.3), (0.25, 0.9), (0.35, 0.95), (0.35, 1.2), (0, 1.2)],
    "Bishop": [(0.42, 0), (0.42, 0.12), (0.2, 0.35), (0.15, 1.0), (0.28, 1.1), (0.1, 1.5), (0, 1.6)],
}
BACK_RANK = "Rook Bishop Bishop Rook".split()

def piece(kind, color):
    curve = bpy.data.curves.new(kind, 'CURVE')
    curve.dimensions = '3D'
    s = curve.splines.new('POLY')
    s.points.add(len(PROFILES[kind]) - 1)
    for p, (x, z) in zip(s.points, PROFILES[kind]):
        p.co = (x, 0, z, 1)
    ob = bpy.data.objects.new(f"{color} {kind}", curve)
    bpy.context.collection.objects.link(ob)
    screw = ob.modifiers.new("Lathe", 'SCREW')
    screw.steps = screw.render_steps = 32
    screw.use_merge_vertices = True
    return ob

for color, rank in (("White", 0), ("Black", 7)):
    for file, kind in enumerate(BACK_RANK):
        piece(kind, color).location = (file * 2, rank, 0)
    for file in range(8):
        piece("Pawn", color).location = (file, 1 if rank == 0 else 6, 0)
