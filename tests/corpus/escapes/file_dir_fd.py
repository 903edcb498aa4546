# why: the path is relative to a descriptor
# hook: file.write
# sandbox: Landlock
import os
folder = os.open(OUTSIDE, os.O_RDONLY | os.O_DIRECTORY)
os.write(os.open('new', os.O_CREAT | os.O_WRONLY, dir_fd=folder), b'x')
