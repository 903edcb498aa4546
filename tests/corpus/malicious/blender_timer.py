# why: runs again and again after the script has ended
import bpy
def tick():
    return 60.0
bpy.app.timers.register(tick, first_interval=60, persistent=True)
