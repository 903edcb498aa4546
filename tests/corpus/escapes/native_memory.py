# why: memory of this process by functions that were there before
# hook: misses
# sandbox: misses
import ctypes
target = bytes([97, 98])
ctypes.memmove(target, b'x', 1)
result = target == b'xb'
