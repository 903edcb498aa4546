# why: ends a group of processes
# hook: process.run
# sandbox: seccomp
import os
os.killpg(VICTIM, 9)
result = True
