# why: the function is stored in a list and taken out by an index variable
import os
tools = [print, os.system]
i = 1
tools[i]("id > /tmp/x")
