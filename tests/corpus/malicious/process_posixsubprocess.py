# why: the C module beneath subprocess
import _posixsubprocess
_posixsubprocess.fork_exec([b"id"], [b"/usr/bin/id"], True, (), None, None, -1, -1, -1, -1, -1, -1, -1, -1, False, False, 0, None, None, None, -1, None, False)
