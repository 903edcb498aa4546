# why: the mode is computed by a method
open("/tmp/x", "r".replace("r", "w"))
