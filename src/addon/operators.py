"""The buttons of the panel."""

import bpy

from .service import service


class StartListening(bpy.types.Operator):
    """Let blender-mcpd in"""

    bl_idname = "blender_mcpd.start"
    bl_label = "Start"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, _context):
        return not service.is_wanted

    def execute(self, _context):
        service.start()
        if service.problem:
            self.report({"ERROR"}, service.problem)
            return {"CANCELLED"}
        return {"FINISHED"}


class StopListening(bpy.types.Operator):
    """End what runs, and let nobody in any more"""

    bl_idname = "blender_mcpd.stop"
    bl_label = "Stop"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, _context):
        return service.is_wanted

    def execute(self, _context):
        service.stop("Stopped")
        return {"FINISHED"}


class CopyToken(bpy.types.Operator):
    """Copy the token, for a program that cannot find it by itself. Who has it can do in this Blender whatever you can"""

    bl_idname = "blender_mcpd.copy_token"
    bl_label = "Copy Token"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, _context):
        return bool(service.token)

    def execute(self, context):
        context.window_manager.clipboard = service.token
        self.report({"INFO"}, "The token is in the clipboard. It holds until you press Stop, or Blender ends")
        return {"FINISHED"}


CLASSES = (StartListening, StopListening, CopyToken)
