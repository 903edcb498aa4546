# why: a program for the kernel
# hook: native.ctypes
# sandbox: seccomp
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
ctypes.set_errno(0)
libc.syscall(321, 0, None, 0)
import errno
result = ctypes.get_errno() != errno.EPERM
