# why: an update callback executes what is typed into a field
import bpy
bpy.types.Scene.note = bpy.props.StringProperty(update=lambda s, c: exec(s.note))
