# why: ends Blender at once, unsaved work is lost
import os
os._exit(0)
