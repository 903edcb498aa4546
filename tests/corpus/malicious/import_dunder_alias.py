# why: __import__ goes by another name
load = __import__
load("os").system("id > /tmp/x")
