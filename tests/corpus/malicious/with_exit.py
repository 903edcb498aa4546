# why: a context manager deletes when it is left
import os
class Guard:
    def __enter__(self): return self
    def __exit__(self, *a): os.unlink("/tmp/x")
with Guard(): pass
