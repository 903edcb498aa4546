# why: moves a file away
import os
os.rename("/home/user/project.blend", "/tmp/x")
