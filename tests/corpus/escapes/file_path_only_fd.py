# why: the folder is opened for nothing but its path
# hook: file.write
# sandbox: Landlock
import os
folder = os.open(OUTSIDE, os.O_PATH)
os.write(os.open('new', os.O_CREAT | os.O_WRONLY, dir_fd=folder), b'x')
