# why: makes a pipe elsewhere, of which Python tells no hook
# hook: misses
# sandbox: Landlock
import os
os.mkfifo(OUTSIDE + '/new')
