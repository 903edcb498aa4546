# why: the same in a second copy of the module, of which Python tells no hook before 3.14
# hook: varies
# sandbox: seccomp
import os, _imp, importlib.machinery
module = _imp.create_builtin(importlib.machinery.ModuleSpec('_posixsubprocess', None))
read, write = os.pipe()
pid = module.fork_exec([b'/bin/true'], (b'/bin/true',), True, (write,), None, None, -1, -1, -1, -1, -1, -1, read, write, False, False, -1, None, None, None, -1, None, False)
result = os.waitpid(pid, 0)[0] == pid
