# why: moves a file over one elsewhere
# hook: file.write
# sandbox: Landlock
import os
open(INSIDE + '/mine', 'w').write('x')
os.replace(INSIDE + '/mine', OUTSIDE + '/kept')
