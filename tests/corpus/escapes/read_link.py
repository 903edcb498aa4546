# why: through a link from an allowed folder
# hook: misses
# sandbox: Landlock
import os
os.symlink(OUTSIDE + '/private', INSIDE + '/private')
result = 'secret' in open(INSIDE + '/private').read()
