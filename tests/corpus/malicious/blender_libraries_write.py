# why: writes datablocks over a project of the user
import bpy
bpy.data.libraries.write("/home/user/other_project.blend", set(bpy.data.objects))
