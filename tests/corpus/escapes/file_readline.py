# why: a history file, which Python does not open itself
# hook: native.ctypes
# sandbox: Landlock
import readline
readline.add_history('x')
readline.write_history_file(OUTSIDE + '/new')
