# why: pathlib removes folders
import pathlib
pathlib.Path("/tmp/x").rmdir()
