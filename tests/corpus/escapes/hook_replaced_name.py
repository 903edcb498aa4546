# why: code that gets another file's name later
# hook: code.dynamic
# sandbox: Landlock
import os
def later(path):
    open(path, 'w').write('x')
later.__code__ = later.__code__.replace(co_filename=os.__file__)
later(OUTSIDE + '/new')
