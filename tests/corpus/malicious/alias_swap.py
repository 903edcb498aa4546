# why: two names are swapped
import os
a, b = print, os.system
a, b = b, a
a("id > /tmp/x")
