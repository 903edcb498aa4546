# why: the string is continued on the next line by a backslash
import os
os.__dict__["sys\
tem"]("id > /tmp/x")
