# why: the alias is one of two branches
import os
run = os.system if os.name == "posix" else print
run("id > /tmp/x")
