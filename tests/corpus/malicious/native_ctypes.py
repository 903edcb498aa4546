# why: calls C functions
import ctypes
ctypes.CDLL(None).system(b"id > /tmp/x")
