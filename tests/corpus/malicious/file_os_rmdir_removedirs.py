# why: removes folders
import os
os.rmdir("/tmp/x/y")
os.removedirs("/tmp/x")
