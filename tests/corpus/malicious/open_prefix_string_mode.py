# why: the mode has a prefix
open(r"/tmp/x", r'w')
