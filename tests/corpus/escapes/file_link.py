# why: through a symbolic link from an allowed folder
# hook: file.write
# sandbox: Landlock
import os
os.symlink(OUTSIDE, INSIDE + '/link')
open(INSIDE + '/link/new', 'w').write('x')
