# why: writes to any address
import ctypes
ctypes.memset(id(1) + 16, 0, 8)
