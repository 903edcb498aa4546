# why: the system call beneath open
import os
fd = os.open("/tmp/x", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
os.write(fd, b"x")
