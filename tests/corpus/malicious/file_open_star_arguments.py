# why: the arguments are unpacked
arguments = ("/tmp/x", "w")
open(*arguments)
