# why: the function is passed on, never called by name
import os
list(map(os.system, ["id > /tmp/x", "id > /tmp/y"]))
