# why: changes the functions that look at paths
# hook: file.write
# sandbox: Landlock
import os, os.path
kept = os.path.realpath, os.path.abspath, os.readlink, os.fspath
os.path.realpath = os.path.abspath = os.readlink = os.fspath = lambda path, *_, **__: INSIDE + '/new'
try:
    open(OUTSIDE + '/new', 'w').write('x')
finally:
    os.path.realpath, os.path.abspath, os.readlink, os.fspath = kept
