# why: the path is bytes
# hook: file.write
# sandbox: Landlock
open(OUTSIDE.encode() + b'/new', 'w').write('x')
