# why: the function is imported by itself
from os import system
system("id > /tmp/x")
