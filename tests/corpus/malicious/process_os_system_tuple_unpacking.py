# why: the alias is made by unpacking a tuple
import os
join, run = os.path.join, os.system
run("id > " + join("/tmp", "x"))
