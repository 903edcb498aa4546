# why: a socket in the file system
# hook: network.open
# sandbox: seccomp
import socket
socket.socket(socket.AF_UNIX).connect(OUTSIDE + '/socket')
