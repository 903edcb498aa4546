import bpy

left = 100

def spin():
    global left
    left -= 1
    bpy.context.scene.objects["Cube"].rotation_euler.z += 0.05
    return 0.02 if left else None

bpy.app.timers.register(spin)
