# why: a decorator expression runs at definition
import os
@lambda function: os.system("id > /tmp/x")
def build():
    pass
