# why: makes a link elsewhere
# hook: file.write
# sandbox: Landlock
import os
os.symlink('/', OUTSIDE + '/new')
