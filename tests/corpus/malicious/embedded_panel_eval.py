# why: an operator evaluates what the user's scene says
import bpy

class SCENE_OT_measure(bpy.types.Operator):
    """Measure the active object"""
    bl_idname = "scene.measure"
    bl_label = "Measure"

    @classmethod
    def poll(cls, context):
        return context.object is not None

    def execute(self, context):
        formula = context.scene.get("formula", "d.x * d.y * d.z")
        d = context.object.dimensions
        result = eval(formula)
        self.report({'INFO'}, f"{result:.3f}")
        return {'FINISHED'}

class SCENE_PT_measure(bpy.types.Panel):
    bl_label = "Measure"
    bl_space_type = 'VIEW_3D'
    bl_region_type = 'UI'
    bl_category = "Tool"

    def draw(self, context):
        self.layout.operator("scene.measure")

for cls in (SCENE_OT_measure, SCENE_PT_measure):
    bpy.utils.register_class(cls)
