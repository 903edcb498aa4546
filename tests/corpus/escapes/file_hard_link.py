# why: a second name of a file elsewhere
# hook: file.write
# sandbox: Landlock
import os
os.link(OUTSIDE + '/kept', INSIDE + '/second')
open(INSIDE + '/second', 'a').write('x')
