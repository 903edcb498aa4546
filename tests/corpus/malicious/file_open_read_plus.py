# why: r+ writes too
f = open("/tmp/x", "r+b")
f.truncate(0)
