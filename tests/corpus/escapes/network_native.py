# why: a socket without Python
# hook: native.ctypes
# sandbox: seccomp
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
result = libc.socket(2, 1, 0) >= 0
