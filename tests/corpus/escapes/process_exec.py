# why: another program in Blender's place
# hook: native.ctypes
# sandbox: seccomp
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
arguments = (ctypes.c_char_p * 2)(b'true', None)
result = libc.execv(b'/bin/true', arguments) == 0
