# why: starts a program by the POSIX call
import os
os.posix_spawn("/bin/sh", ["sh", "-c", "id > /tmp/x"], {})
