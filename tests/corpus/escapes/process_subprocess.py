# why: subprocess
# hook: process.run
# sandbox: seccomp
import subprocess
result = subprocess.run(['/bin/true']).returncode == 0
