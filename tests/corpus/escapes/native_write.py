# why: writes without Python
# hook: native.ctypes
# sandbox: Landlock
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.open.restype = ctypes.c_int
fd = libc.open((OUTSIDE + '/new').encode(), 0o101, 0o600)
libc.write(fd, b'x', 1)
