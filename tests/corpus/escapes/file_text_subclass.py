# why: a path whose methods are the script's
# hook: file.write
# sandbox: Landlock
class Path(str):
    def startswith(self, *args):
        return True
open(Path(OUTSIDE + '/new'), 'w').write('x')
