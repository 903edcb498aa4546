# why: more memory than Blender may have
# hook: address space
# sandbox: address space
import mmap
result = len(mmap.mmap(-1, 64 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)) > 0  # not reserved
