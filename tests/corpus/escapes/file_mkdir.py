# why: makes a folder elsewhere
# hook: file.write
# sandbox: Landlock
import os
os.mkdir(OUTSIDE + '/new')
