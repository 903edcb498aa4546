# why: os.system is called print
from os import system as print
print("id > /tmp/x")
