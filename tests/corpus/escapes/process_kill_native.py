# why: ends it without Python
# hook: native.ctypes
# sandbox: seccomp
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.kill(VICTIM, 9)
