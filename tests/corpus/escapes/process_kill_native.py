# why: ends it without Python
# hook: native.ctypes
# sandbox: seccomp
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
result = libc.kill(VICTIM, 9) == 0
