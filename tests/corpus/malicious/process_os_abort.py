# why: crashes Blender on purpose
import os
os.abort()
