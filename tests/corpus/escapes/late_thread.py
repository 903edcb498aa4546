# why: a thread that begins at a function of C
# hook: file.write
# sandbox: Landlock
import os, threading
thread = threading.Thread(target=os.mkdir, args=(OUTSIDE + '/new',))
thread.start()
thread.join()
