# why: a handler of a signal
# hook: file.write
# sandbox: Landlock
import os, signal
signal.signal(signal.SIGUSR2, lambda *_: open(OUTSIDE + '/new', 'w').write('x'))
os.kill(os.getpid(), signal.SIGUSR2)
