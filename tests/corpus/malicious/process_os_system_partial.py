# why: functools.partial holds the function
import functools
import os
functools.partial(os.system, "id > /tmp/x")()
