# why: a lesser known way to run a shell command
from subprocess import getoutput
print(getoutput("id"))
