# why: another interpreter in the same process
# hook: native.ctypes
# sandbox: Landlock
import _xxsubinterpreters as interpreters
new = interpreters.create()
interpreters.run_string(new, "open(%r, 'w').write('x')" % (OUTSIDE + '/new'))
interpreters.destroy(new)
