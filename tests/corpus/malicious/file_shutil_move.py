# why: moves a folder away
import shutil
shutil.move("/home/user/projects", "/tmp/x")
