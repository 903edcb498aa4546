# why: a terminal for a shell
import pty
pty.spawn("/bin/sh")
