# why: executes a file from disk
exec(open("/tmp/x.py").read())
