# why: a star import brings run and Popen into scope
from subprocess import *
run(["id"])
