# why: through the root of a process
# hook: file.write
# sandbox: Landlock
open('/proc/self/root' + OUTSIDE + '/new', 'w').write('x')
