# why: popen runs a shell and reads its output
import os
print(os.popen("cat /etc/passwd").read())
