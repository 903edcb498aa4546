# why: subprocess under another name
import subprocess as sp
sp.Popen("id > /tmp/x", shell=True)
