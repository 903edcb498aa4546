# why: ends it by way of a descriptor
# hook: misses
# sandbox: seccomp
import os, signal
signal.pidfd_send_signal(os.pidfd_open(VICTIM), 9)
result = True
