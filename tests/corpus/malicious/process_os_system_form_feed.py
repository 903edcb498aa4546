# why: a form feed counts as white space
import os
os.system("id > /tmp/x")
