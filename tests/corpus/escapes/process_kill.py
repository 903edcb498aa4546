# why: ends a process of the user's
# hook: process.run
# sandbox: seccomp
import os
os.kill(VICTIM, 9)
result = True
