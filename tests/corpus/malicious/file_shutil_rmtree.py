# why: deletes a folder with all that is in it
import shutil
shutil.rmtree("/home/user/projects", ignore_errors=True)
