"""The tab MCP in the sidebar of the 3D view. Draws what the service has put together, and asks for nothing."""

import bpy

from . import preferences
from .service import service


class StatusPanel(bpy.types.Panel):
    bl_idname = "BLENDER_MCPD_PT_status"
    bl_label = "blender-mcpd"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "MCP"

    def draw(self, _context):
        layout = self.layout
        for line, icon in service.status_lines():
            layout.label(text=line, icon=icon)
        if service.is_wanted:
            layout.operator("blender_mcpd.stop", icon="PAUSE")
        else:
            layout.operator("blender_mcpd.start", icon="PLAY")
        if service.token:
            row = layout.row(align=True)
            row.label(text="Token: " + "\u2022" * 12)
            row.operator("blender_mcpd.copy_token", text="", icon="COPYDOWN")


class ClientsPanel(bpy.types.Panel):
    bl_idname = "BLENDER_MCPD_PT_clients"
    bl_parent_id = StatusPanel.bl_idname
    bl_label = "Connected"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "MCP"

    def draw(self, _context):
        column = self.layout.column(align=True)
        for line in service.client_lines() or ["Nobody"]:
            column.label(text=line)


class LogPanel(bpy.types.Panel):
    bl_idname = "BLENDER_MCPD_PT_log"
    bl_parent_id = StatusPanel.bl_idname
    bl_label = "Last Calls"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "MCP"

    def draw(self, _context):
        chosen = preferences.of_this_addon()
        column = self.layout.column(align=True)
        calls = service.call_lines()[:chosen.log_length if chosen is not None else None]
        for line, took, has_failed in calls:
            row = column.split(factor=0.75)
            row.label(text=line, icon="ERROR" if has_failed else "CHECKMARK")
            row.label(text=took)
        if not calls:
            column.label(text="None yet")


CLASSES = (StatusPanel, ClientsPanel, LogPanel)
