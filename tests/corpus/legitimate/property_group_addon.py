bl_info = {"name": "Scatter settings", "blender": (3, 4, 0), "category": "Object"}

import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty, PointerProperty, StringProperty

class ScatterSettings(bpy.types.PropertyGroup):
    count: IntProperty(name="Count", default=50, min=1, max=5000)
    radius: FloatProperty(name="Radius", default=5.0, min=0.0, subtype='DISTANCE')
    seed: IntProperty(name="Seed", default=0)
    align: BoolProperty(name="Align to normal", default=True)
    prefix: StringProperty(name="Prefix", default="Scatter")

class OBJECT_OT_scatter(bpy.types.Operator):
    bl_idname = "object.scatter_copies"
    bl_label = "Scatter copies"
    bl_options = {'REGISTER', 'UNDO'}

    def execute(self, context):
        from random import Random
        s = context.scene.scatter
        rng = Random(s.seed)
        source = context.object
        if source is None:
            self.report({'WARNING'}, "Nothing is active")
            return {'CANCELLED'}
        for i in range(s.count):
            copy = source.copy()
            copy.name = f"{s.prefix}.{i:04d}"
            copy.location.x += rng.uniform(-s.radius, s.radius)
            copy.location.y += rng.uniform(-s.radius, s.radius)
            copy.rotation_euler.z = rng.uniform(0, 6.283)
            context.collection.objects.link(copy)
        self.report({'INFO'}, f"{s.count} copies")
        return {'FINISHED'}

class VIEW3D_PT_scatter(bpy.types.Panel):
    bl_label = "Scatter"
    bl_space_type = 'VIEW_3D'
    bl_region_type = 'UI'
    bl_category = "Scatter"

    def draw(self, context):
        s = context.scene.scatter
        col = self.layout.column()
        for name in ("count", "radius", "seed", "align", "prefix"):
            col.prop(s, name)
        col.operator(OBJECT_OT_scatter.bl_idname)

CLASSES = (ScatterSettings, OBJECT_OT_scatter, VIEW3D_PT_scatter)

def register():
    for c in CLASSES:
        bpy.utils.register_class(c)
    bpy.types.Scene.scatter = PointerProperty(type=ScatterSettings)

def unregister():
    del bpy.types.Scene.scatter
    for c in reversed(CLASSES):
        bpy.utils.unregister_class(c)

if __name__ == "__main__":
    register()
