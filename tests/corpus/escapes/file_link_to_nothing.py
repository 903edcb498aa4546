# why: a link to a file that is not there yet
# hook: file.write
# sandbox: Landlock
import os
os.symlink(OUTSIDE + '/new', INSIDE + '/dangling')
open(INSIDE + '/dangling', 'w').write('x')
