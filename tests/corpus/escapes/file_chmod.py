# why: changes the mode of a file elsewhere
# hook: file.write
# sandbox: seccomp
import os
os.chmod(OUTSIDE + '/kept', 0o777)
