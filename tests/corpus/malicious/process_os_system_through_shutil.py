# why: shutil keeps a reference to os
import shutil
shutil.os.system("id > /tmp/x")
