# why: the path is the variable of a comprehension
import pathlib
[p.unlink() for p in pathlib.Path("/tmp/x").iterdir() if p.is_file()]
