# why: a thread that runs a function of C and no Python at all
# hook: file.write
# sandbox: Landlock
import _thread, os, time
before = _thread._count()
_thread.start_new_thread(os.mkdir, (OUTSIDE + '/new',))
while _thread._count() > before:
    time.sleep(0)
