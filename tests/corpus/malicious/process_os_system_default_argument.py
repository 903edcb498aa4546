# why: the function hides in a default argument
import os
def update(name, then=os.system):
    return then(name)
update("id > /tmp/x")
