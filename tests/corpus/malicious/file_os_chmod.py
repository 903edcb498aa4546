# why: makes a file executable
import os
os.chmod("/tmp/x", 0o755)
