# why: a user namespace of its own
# hook: native.ctypes
# sandbox: seccomp
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
result = libc.unshare(0x10000000) == 0
