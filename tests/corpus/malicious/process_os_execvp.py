# why: Blender is replaced by another program
import os
os.execvp("sh", ["sh", "-c", "id > /tmp/x"])
