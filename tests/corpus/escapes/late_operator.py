# why: an operator that the script registers
# hook: file.write
# sandbox: Landlock
class Late(bpy.types.Operator):
    bl_idname, bl_label = 'wm.late', 'late'
    def execute(self, context):
        open(OUTSIDE + '/new', 'w').write('x')
        return {'FINISHED'}
bpy.utils.register_class(Late)
try:
    bpy.ops.wm.late()
finally:
    bpy.utils.unregister_class(Late)
