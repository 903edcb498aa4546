# why: empties a file
import os
os.truncate("/home/user/project.blend", 0)
