# why: the mode is put together
open("/tmp/x", "w" + "b")
