# why: os imported out of another module
from shutil import os as paths
paths.unlink("/tmp/x")
