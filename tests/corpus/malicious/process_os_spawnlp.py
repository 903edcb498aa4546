# why: starts a program without waiting for it
import os
os.spawnlp(os.P_NOWAIT, "sh", "sh", "-c", "id > /tmp/x")
