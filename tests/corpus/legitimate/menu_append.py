import bpy

def draw_item(self, context):
    self.layout.separator()
    self.layout.operator("mesh.primitive_ico_sphere_add", text="Pebble", icon='MESH_ICOSPHERE')

bpy.types.VIEW3D_MT_mesh_add.append(draw_item)
# bpy.types.VIEW3D_MT_mesh_add.remove(draw_item) takes it away again
