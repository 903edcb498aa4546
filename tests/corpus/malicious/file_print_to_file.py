# why: print writes to a file opened in place
print("x", file=open("/tmp/x", "w"))
