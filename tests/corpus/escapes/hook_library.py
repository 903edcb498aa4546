# why: loads a library by way of an installed module
# hook: native.ctypes
# sandbox: Landlock
import numpy.ctypeslib, shutil
result = numpy.ctypeslib.load_library('libc.so.6', '/lib/x86_64-linux-gnu').getpid() > 0
open(OUTSIDE + '/new', 'w').write('x')
