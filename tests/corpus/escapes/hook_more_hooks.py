# why: adds a hook that fails at every event
# hook: code.dunder
# sandbox: Landlock
import sys
def fail(event, args):
    pass
sys.addaudithook(fail)
open(OUTSIDE + '/new', 'w').write('x')
