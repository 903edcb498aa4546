# why: a hash inside a string is no comment
import os
colour = "#ff0000"; os.system("id > /tmp/x")
