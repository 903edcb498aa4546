# why: the alias is made by an assignment expression
import os
if (run := os.system) and run("id > /tmp/x") == 0:
    print("done")
