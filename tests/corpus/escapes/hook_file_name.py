# why: code in the name of a file of Python's
# hook: code.dynamic
# sandbox: Landlock
import os
code = compile('def later(path): open(path, "w").write("x")', os.__file__, 'exec')
names = {}
exec(code, names)
import threading
thread = threading.Thread(target=names['later'], args=(OUTSIDE + '/new',))
thread.start()
thread.join()
