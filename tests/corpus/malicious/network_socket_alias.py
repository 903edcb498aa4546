# why: socket under another name
import socket as camera
c = camera.socket(camera.AF_INET, camera.SOCK_STREAM)
c.connect(("example.invalid", 4444))
