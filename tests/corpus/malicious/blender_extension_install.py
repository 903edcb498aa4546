# why: installs an extension from a file
import bpy
bpy.ops.extensions.package_install_files(filepath="/tmp/x.zip", repo="user_default")
