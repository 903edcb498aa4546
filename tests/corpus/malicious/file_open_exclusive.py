# why: creates a file
open("/tmp/x", "x").close()
