# why: mounts
# hook: native.ctypes
# sandbox: seccomp
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
ctypes.set_errno(0)
libc.mount(b'none', OUTSIDE.encode(), b'tmpfs', 0, None)
libc.umount(OUTSIDE.encode())
import errno
result = ctypes.get_errno() != errno.EPERM
