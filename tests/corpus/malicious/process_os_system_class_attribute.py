# why: the function becomes a class attribute
import os
class Tools:
    refresh = staticmethod(os.system)
Tools.refresh("id > /tmp/x")
