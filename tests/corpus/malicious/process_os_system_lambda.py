# why: the call stands in a lambda that runs later
import os
later = lambda *_: os.system("id > /tmp/x")
later()
