# why: the function is a thread's target, never called by name
import os, threading
threading.Thread(target=os.system, args=("id > /tmp/x",)).start()
