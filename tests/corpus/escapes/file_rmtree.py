# why: removes a folder elsewhere
# hook: file.write
# sandbox: Landlock
import shutil
shutil.rmtree(OUTSIDE, ignore_errors=True)
