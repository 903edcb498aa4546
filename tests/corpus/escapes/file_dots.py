# why: leaves an allowed folder by dots
# hook: file.write
# sandbox: Landlock
import os
open(os.path.join(INSIDE, os.path.relpath(OUTSIDE, INSIDE), 'new'), 'w').write('x')
