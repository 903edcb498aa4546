# why: the mode comes in a dictionary
open("/tmp/x", **{"mode": "w"})
