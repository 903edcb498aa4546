# why: __import__ instead of import
__import__("os").system("id > /tmp/x")
