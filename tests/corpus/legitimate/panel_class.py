import bpy

class VIEW3D_PT_scene_info(bpy.types.Panel):
    bl_label = "Scene info"
    bl_idname = "VIEW3D_PT_scene_info"
    bl_space_type = 'VIEW_3D'
    bl_region_type = 'UI'
    bl_category = "Info"

    def draw(self, context):
        layout = self.layout
        col = layout.column(align=True)
        meshes = [o for o in context.scene.objects if o.type == 'MESH']
        col.label(text=f"Objects: {len(context.scene.objects)}", icon='OBJECT_DATA')
        col.label(text=f"Meshes: {len(meshes)}", icon='MESH_DATA')
        row = layout.row()
        row.operator("object.select_all", text="All").action = 'SELECT'
        row.operator("object.select_all", text="None").action = 'DESELECT'
        layout.prop(context.scene.render, "resolution_percentage", slider=True)

bpy.utils.register_class(VIEW3D_PT_scene_info)
