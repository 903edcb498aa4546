# why: the mode is an expression
import os
open("/tmp/x", "a" if os.path.exists("/tmp/x") else "w")
