# why: changes a file through memory
import mmap, os
fd = os.open("/tmp/x", os.O_RDWR)
mmap.mmap(fd, 0)[0:1] = b"!"
