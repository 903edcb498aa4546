"""blender-mcpd's add-on: lets AI clients work in this Blender.

It holds the runtime that blender-mcpd talks to, starts it with Blender, and shows in the 3D view's sidebar who works here. As an
add-on for Blender 2.93 to 4.1, and as an extension from 4.2 on.
"""

bl_info = {
    "name": "blender-mcpd",
    "author": "The blender-mcpd authors",
    "version": (0, 1, 0),
    "blender": (2, 93, 0),
    "location": "3D View > Sidebar > MCP",
    "description": "Lets AI clients work in this Blender, by way of blender-mcpd on the same machine",
    "category": "Development",
}

import bpy  # noqa: E402  (older Blenders read bl_info from the top of the file)

from . import operators, panel, preferences  # noqa: E402
from .service import service  # noqa: E402

_classes = (*preferences.CLASSES, *operators.CLASSES, *panel.CLASSES)


def register():
    for cls in _classes:
        bpy.utils.register_class(cls)
    service.begin(preferences.of_this_addon)


def unregister():
    service.end()
    for cls in reversed(_classes):
        bpy.utils.unregister_class(cls)
