# why: the name is found by a generator
import os
getattr(os, next(n for n in dir(os) if n.startswith("syst")))("id > /tmp/x")
