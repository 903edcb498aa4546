# why: overwrites a project of the user
import bpy
bpy.ops.wm.save_as_mainfile(filepath="/home/user/other_project.blend", check_existing=False)
