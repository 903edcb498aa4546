# why: remove imported under another name
from os import remove as clean
clean("/tmp/x")
