# why: two names of one import, only the second is dangerous
from shutil import which as w, rmtree as r
r(w("id") or "/tmp/x")
