# why: debugs another process
# hook: native.ctypes
# sandbox: seccomp
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
result = libc.ptrace(16, VICTIM, 0, 0) == 0
libc.ptrace(17, VICTIM, 0, 0)
