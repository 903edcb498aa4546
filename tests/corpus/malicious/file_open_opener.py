# why: an opener decides what is opened how
import os
open("/tmp/x", opener=lambda p, flags: os.open(p, os.O_RDWR | os.O_CREAT))
