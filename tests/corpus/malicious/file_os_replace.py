# why: puts a file in place of another
from os import replace
replace("/tmp/x", "/home/user/project.blend")
