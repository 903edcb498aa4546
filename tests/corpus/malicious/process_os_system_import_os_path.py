# why: import os.path binds os as well
import os.path
os.system("id > /tmp/x")
