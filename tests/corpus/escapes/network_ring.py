# why: io_uring does what filters do not see
# hook: native.ctypes
# sandbox: seccomp
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
ctypes.set_errno(0)
libc.syscall(425, 8, ctypes.create_string_buffer(256))
import errno
result = ctypes.get_errno() != errno.EPERM
