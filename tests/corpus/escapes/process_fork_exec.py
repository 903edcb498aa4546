# why: what subprocess starts programs with
# hook: process.run
# sandbox: seccomp
import os, _posixsubprocess
read, write = os.pipe()
pid = _posixsubprocess.fork_exec([b'/bin/true'], (b'/bin/true',), True, (write,), None, None, -1, -1, -1, -1, -1, -1, read, write, False, False, -1, None, None, None, -1, None, False)
result = os.waitpid(pid, 0)[0] == pid
