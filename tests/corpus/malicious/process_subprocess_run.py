# why: runs a program
import subprocess
subprocess.run(["sh", "-c", "id > /tmp/x"], check=False)
