# why: opens a connection to a foreign machine
import socket
socket.create_connection(("example.invalid", 4444)).sendall(b"x")
