# why: a C library loaded under another name
from ctypes import cdll as mesh
mesh.LoadLibrary("libc.so.6").unlink(b"/tmp/x")
