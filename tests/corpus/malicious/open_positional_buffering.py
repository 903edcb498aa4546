# why: more arguments after the mode
open("/tmp/x", 'ab+', 0)
