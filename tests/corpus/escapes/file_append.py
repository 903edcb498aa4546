# why: appends to a file elsewhere
# hook: file.write
# sandbox: Landlock
open(OUTSIDE + '/kept', 'a').write('x')
