# why: a copy of Blender
# hook: process.run
# sandbox: seccomp
import os
pid = os.fork()
if pid == 0:
    os.abort()
result = os.waitpid(pid, 0)[0] == pid
