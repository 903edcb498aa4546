# why: a star import brings system into scope without naming it
from os import *
system("id > /tmp/x")
