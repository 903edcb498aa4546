# why: posix_spawn
# hook: process.run
# sandbox: seccomp
import os
pid = os.posix_spawn('/bin/true', ['true'], {})
result = os.waitpid(pid, 0)[1] == 0
