# why: a link that leads elsewhere
import os
os.symlink("/etc/passwd", "/tmp/x")
