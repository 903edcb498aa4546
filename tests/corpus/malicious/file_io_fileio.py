# why: the raw file class
from io import FileIO
FileIO("/tmp/x", "w").write(b"x")
