# why: the alias is made inside a function by a global statement
import os
def prepare():
    global shade
    shade = os.system
prepare()
shade("id > /tmp/x")
