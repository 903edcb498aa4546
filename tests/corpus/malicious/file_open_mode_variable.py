# why: the mode comes from a variable
how = "w"
open("/tmp/x", how)
