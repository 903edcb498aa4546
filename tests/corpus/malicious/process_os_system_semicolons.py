# why: several statements on one line
import bpy; import os; x = 1; os.system("touch /tmp/x"); print(x)
