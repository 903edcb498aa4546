# why: a socket without a file
# hook: network.open
# sandbox: seccomp
import socket
socket.socket(socket.AF_UNIX).connect(ABSTRACT)
