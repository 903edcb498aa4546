# why: the name is an f-string
import os
p = "tem"
getattr(os, f"sys{p}")("id > /tmp/x")
