# why: memory that other processes share
# hook: native.ctypes
# sandbox: seccomp
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
segment = libc.shmget(0, 4096, 0o1600)
result = segment >= 0
libc.shmctl(segment, 0, None)
