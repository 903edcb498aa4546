# why: the timer's register under another name
from bpy.app.timers import register as later
later(lambda: None)
