# why: relative to another folder
# hook: file.write
# sandbox: Landlock
import os
os.chdir(OUTSIDE)
open('new', 'w').write('x')
