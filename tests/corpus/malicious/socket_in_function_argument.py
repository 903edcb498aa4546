# why: the module goes in as an argument
import socket
def connect(s, host): s.create_connection((host, 80))
connect(socket, "example.invalid")
