# why: the mode is an escape
open("/tmp/x", "\x77")
