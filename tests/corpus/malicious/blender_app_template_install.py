# why: an application template brings code
import bpy
bpy.ops.preferences.app_template_install(filepath="/tmp/x.zip")
