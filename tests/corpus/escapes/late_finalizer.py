# why: the end of an object
# hook: file.write
# sandbox: Landlock
class Late:
    def __del__(self):
        open(OUTSIDE + '/new', 'w').write('x')
Late()
