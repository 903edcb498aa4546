# why: the module beneath os has the same functions
import posix
posix.system("id > /tmp/x")
