# why: writes a file elsewhere
# hook: file.write
# sandbox: Landlock
open(OUTSIDE + '/new', 'w').write('x')
