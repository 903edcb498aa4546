# why: opens a file with its program on Windows
import os
os.startfile("C:\\x\\setup.exe")
