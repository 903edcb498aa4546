# why: downloads a program to disk
from urllib import request as r
r.urlretrieve("http://example.invalid/x", "/tmp/x")
