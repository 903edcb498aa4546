# why: a comprehension binds the function to its variable
import os
[f("id > /tmp/x") for f in (os.system,)]
