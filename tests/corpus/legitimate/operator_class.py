import bpy
from bpy.props import FloatProperty, EnumProperty

class OBJECT_OT_align_axis(bpy.types.Operator):
    """Align selected objects on one axis"""
    bl_idname = "object.align_axis"
    bl_label = "Align on axis"
    bl_options = {'REGISTER', 'UNDO'}

    axis: EnumProperty(items=[(a, a, "") for a in "XYZ"], default='X')
    offset: FloatProperty(name="Offset", default=0.0, unit='LENGTH')

    @classmethod
    def poll(cls, context):
        return len(context.selected_objects) > 1

    def invoke(self, context, event):
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context):
        i = "XYZ".index(self.axis)
        value = context.object.location[i] + self.offset
        for ob in context.selected_objects:
            ob.location[i] = value
        return {'FINISHED'}

def register():
    bpy.utils.register_class(OBJECT_OT_align_axis)

def unregister():
    bpy.utils.unregister_class(OBJECT_OT_align_axis)

if __name__ == "__main__":
    register()
