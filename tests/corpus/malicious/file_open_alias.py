# why: open goes by another name
read = open
read("/tmp/x", "w").close()
