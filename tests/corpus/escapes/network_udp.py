# why: a datagram
# hook: network.open
# sandbox: seccomp
import socket
result = socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT)) == 1
