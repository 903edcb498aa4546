# why: a connection
# hook: network.open
# sandbox: seccomp
import socket
socket.create_connection(('127.0.0.1', PORT), 5).send(b'x')
