# why: a starred target takes the function
import os
first, *rest = [1, os.system]
rest[0]("id > /tmp/x")
