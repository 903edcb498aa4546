# why: another way to C functions
import cffi
cffi.FFI().dlopen(None)
