# why: a path that says something else when it is asked again
# hook: file.write
# sandbox: Landlock
class Path:
    asked = 0
    def __fspath__(self):
        self.asked += 1
        return INSIDE + '/new' if self.asked == 1 else OUTSIDE + '/new'
import os
path = Path()
os.write(os.open(path, os.O_CREAT | os.O_WRONLY), b'x')
os.write(os.open(path, os.O_CREAT | os.O_WRONLY), b'x')
