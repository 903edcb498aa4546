"""The program that the daemon starts in place of Blender: it becomes Blender, and only the reported port is another one.

It is Blender's own process, so its input, output, signals, process group and exit status are Blender's. What Blender
reports (the port of its runtime) is sent to the proxy, and the proxy's answer is what the daemon gets to read.
"""

from __future__ import annotations

from pathlib import Path

REPORT_FD = 3

PROGRAM = '''#!/usr/bin/python3 -IS
import os, socket, sys
BLENDER, RENDEZVOUS, REPORT_FD = {blender!r}, {rendezvous!r}, {report_fd}
read, write = os.pipe()
blender = os.getpid()
if (child := os.fork()) == 0:
    if os.fork():  # Blender would not wait for a child that it does not know
        os._exit(0)
    os.close(write)
    line = b""
    while not line.endswith(b"\\n") and (more := os.read(read, 65536)):
        line += more
    if line:
        with socket.socket(socket.AF_UNIX) as proxy:
            proxy.connect(RENDEZVOUS)
            proxy.sendall(b"%d " % blender + line)
            while more := proxy.recv(65536):
                os.write(REPORT_FD, more)
    os._exit(0)
os.waitpid(child, 0)
os.close(read)
os.dup2(write, REPORT_FD)
os.close(write)
os.execv(BLENDER, [BLENDER, *sys.argv[1:]])
'''


def write_stand_in(path: Path, blender: str, rendezvous: Path) -> None:
    path.write_text(PROGRAM.format(blender=blender, rendezvous=str(rendezvous), report_fd=REPORT_FD))
    path.chmod(0o755)
