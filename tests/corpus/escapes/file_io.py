# why: the same by the class below open
# hook: file.write
# sandbox: Landlock
import io
io.FileIO(OUTSIDE + '/new', 'w').write(b'x')
