# why: a subscription that outlives the script
import bpy
bpy.msgbus.subscribe_rna(key=(bpy.types.Object, "location"), owner=bpy, args=(), notify=print)
