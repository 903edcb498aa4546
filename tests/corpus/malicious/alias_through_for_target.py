# why: the loop variable is an attribute
import os
class Box: pass
for Box.run in [os.popen]:
    Box.run("id")
