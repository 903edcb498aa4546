# why: removes a file elsewhere
# hook: file.write
# sandbox: Landlock
import os
os.remove(OUTSIDE + '/kept')
