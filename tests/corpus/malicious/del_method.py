# why: the call runs when an object dies
import os
class Cache:
    def __del__(self, remove=os.remove): remove("/tmp/x")
Cache()
