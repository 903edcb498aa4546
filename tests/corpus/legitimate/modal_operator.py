import bpy

class VIEW3D_OT_nudge(bpy.types.Operator):
    bl_idname = "view3d.nudge"
    bl_label = "Nudge"
    bl_options = {'REGISTER', 'UNDO', 'GRAB_CURSOR', 'BLOCKING'}

    def modal(self, context, event):
        if event.type == 'MOUSEMOVE':
            self.object.location.x = self.start + (event.mouse_x - self.mouse) * 0.01
        elif event.type in {'LEFTMOUSE', 'RET'}:
            return {'FINISHED'}
        elif event.type in {'RIGHTMOUSE', 'ESC'}:
            self.object.location.x = self.start
            return {'CANCELLED'}
        return {'RUNNING_MODAL'}

    def invoke(self, context, event):
        self.object = context.object
        self.start = self.object.location.x
        self.mouse = event.mouse_x
        context.window_manager.modal_handler_add(self)
        return {'RUNNING_MODAL'}

bpy.utils.register_class(VIEW3D_OT_nudge)
