# why: a shell
# hook: process.run
# sandbox: seccomp
import os
result = os.system('true') == 0
