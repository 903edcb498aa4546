# why: a program that is in no file
# hook: native.ctypes
# sandbox: seccomp
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
import os
fd = os.memfd_create('program', 0)
os.write(fd, open('/bin/true', 'rb').read())
arguments = (ctypes.c_char_p * 2)(b'true', None)
result = libc.fexecve(fd, arguments, arguments) == 0
