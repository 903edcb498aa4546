"""What the user may set, in Blender's preferences."""

import bpy

MAX_LOG_LENGTH = 100


class Preferences(bpy.types.AddonPreferences):
    bl_idname = __package__

    start_with_blender: bpy.props.BoolProperty(
        name="Start with Blender", default=True,
        description="Listen as soon as this Blender has a window")
    port: bpy.props.IntProperty(
        name="Port", default=0, min=0, max=65535,
        description="On 127.0.0.1; 0: any that is free, which blender-mcpd finds by itself. Taken at the next start")
    log_length: bpy.props.IntProperty(
        name="Calls in the log", default=10, min=0, max=MAX_LOG_LENGTH,
        description="How many of the last calls the panel shows")

    def draw(self, _context):
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "start_with_blender")
        layout.prop(self, "port")
        layout.prop(self, "log_length")


def of_this_addon():
    """None when it is not enabled in the preferences, but registered in some other way."""
    addon = bpy.context.preferences.addons.get(__package__)
    return addon.preferences if addon is not None else None


CLASSES = (Preferences,)
