# why: deletes a file
import os
os.remove("/tmp/x")
