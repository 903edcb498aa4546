# why: os imported out of glob, under its own name
from glob import os
os.popen("id")
